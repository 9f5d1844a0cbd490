using Sampan.Cli.Arguments;
using Sampan.Cli.Output;
using Sampan.CommandLine;
using Sampan.Engine.Monitor;
using Sampan.Engine.State;

namespace Sampan.Cli.Commands;

/// <summary><c>sampan stop</c>.</summary>
internal static class StopCommand
{
    public static Command Declare(TextWriter output, TextWriter error) => new("stop", "ask containers to end, and kill them when they do not")
    {
        Positionals = "CONTAINER...",
        MinPositionals = 1,
        Flags =
        [
            Flag.Text("signal", "SIGNAL", "signal to ask with; the image's or TERM when not given", 's'),
            Flag.Integer("time", "SECONDS", "wait this long before the kill; -1 waits for ever", 't') with { Alias = "timeout", Default = "10" },
        ],
        Handler = parsed => Run(parsed, output, error),
    };

    private static int Run(ParsedArguments parsed, TextWriter output, TextWriter error)
    {
        EnginePaths paths = SweptEngine.Open(error);
        ContainerStore store = new(paths);
        int signal = parsed.Text("signal") is string name ? Signals.Parse(name) : 0;
        long seconds = parsed.Integer("time")!.Value;
        foreach (ContainerRecord record in parsed.Positionals.Select(store.Find).ToList())
        {
            MonitorConnection.StopIfRuns(paths.Container(record.Id), signal, (int)Math.Clamp(seconds * 1000, -1, int.MaxValue));
            output.Write(record.Name + "\n");
        }
        return ExitCode.Success;
    }
}
