using Sampan.Cli.Arguments;
using Sampan.Cli.Output;
using Sampan.CommandLine;
using Sampan.Engine.Monitor;
using Sampan.Engine.State;

namespace Sampan.Cli.Commands;

/// <summary><c>sampan kill</c>.</summary>
internal static class KillCommand
{
    public static Command Declare(TextWriter output, TextWriter error) => new("kill", "send a signal to containers")
    {
        Positionals = "CONTAINER...",
        MinPositionals = 1,
        Flags = [Flag.Text("signal", "SIGNAL", "name or number", 's') with { Default = "KILL" }],
        Handler = parsed => Run(parsed, output, error),
    };

    private static int Run(ParsedArguments parsed, TextWriter output, TextWriter error)
    {
        EnginePaths paths = SweptEngine.Open(error);
        ContainerStore store = new(paths);
        int signal = Signals.Parse(parsed.Text("signal")!);
        foreach (ContainerRecord record in parsed.Positionals.Select(store.Find).ToList())
        {
            MonitorConnection.Signal(record, paths.Container(record.Id), signal);
            output.Write(record.Name + "\n");
        }
        return ExitCode.Success;
    }
}
