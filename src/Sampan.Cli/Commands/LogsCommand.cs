using Sampan.CommandLine;

namespace Sampan.Cli.Commands;

/// <summary><c>sampan logs</c>.</summary>
internal static class LogsCommand
{
    public static Command Declare(Func<ParsedArguments, int> handler) => new("logs", "print what a container wrote")
    {
        Positionals = "CONTAINER",
        MinPositionals = 1,
        MaxPositionals = 1,
        Flags =
        [
            Flag.Switch("follow", "go on until the container ends", 'f'),
            Flag.Text("tail", "N", "only the last N lines, or all", 'n') with { Default = "all" },
            Flag.Switch("timestamps", "put the time before each line", 't'),
        ],
        Examples = ["sampan logs -f --tail 10 web"],
        Handler = handler,
    };
}
