using Sampan.Cli.Arguments;
using Sampan.Cli.Output;
using Sampan.CommandLine;
using Sampan.Engine.Logs;
using Sampan.Engine.State;

namespace Sampan.Cli.Commands;

/// <summary><c>sampan logs</c>.</summary>
internal static class LogsCommand
{
    public static Command Declare() => new("logs", "print what a container wrote")
    {
        Positionals = "CONTAINER",
        MinPositionals = 1,
        MaxPositionals = 1,
        Flags =
        [
            Flag.Switch("follow", "go on until the container ends", 'f'),
            Flag.Text("since", "TIME", "only what was written from then on: a time, or how long ago (10m)"),
            Flag.Text("tail", "N", "only the last N lines, or all", 'n') with { Default = "all" },
            Flag.Switch("timestamps", "put the time before each line", 't'),
        ],
        Examples = ["sampan logs -f --tail 10 web"],
        Handler = parsed => Run(parsed),
    };

    private static int Run(ParsedArguments parsed)
    {
        EnginePaths paths = EnginePaths.FromEnvironment();
        ContainerRecord record = new ContainerStore(paths).Find(parsed.Positionals[0]);
        ContainerPaths container = paths.Container(record.Id);
        Func<bool>? follow = parsed.Switch("follow") ? () => ContainerStore.IsMonitored(container) : null;
        using Stream output = Console.OpenStandardOutput();
        using Stream error = Console.OpenStandardError();
        DateTimeOffset? since = parsed.Text("since") is { } text ? TimeFlag.Parse("since", text, DateTimeOffset.UtcNow) : null;
        LogReader.Show(LogReader.Read(container.Log, Tail(parsed.Text("tail")!), since, follow), output, error, parsed.Switch("timestamps"));
        return ExitCode.Success;
    }

    private static int? Tail(string text) => text == "all" ? null
        : int.TryParse(text, out int lines) && lines >= 0 ? lines
        : throw new UsageException($"--tail {text}: not a number of lines, nor all");
}
