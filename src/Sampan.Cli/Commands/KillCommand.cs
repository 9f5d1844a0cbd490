using Sampan.CommandLine;

namespace Sampan.Cli.Commands;

/// <summary><c>sampan kill</c>.</summary>
internal static class KillCommand
{
    public static Command Declare(Func<ParsedArguments, int> handler) => new("kill", "send a signal to containers")
    {
        Positionals = "CONTAINER...",
        MinPositionals = 1,
        Flags = [Flag.Text("signal", "SIGNAL", "name or number", 's') with { Default = "KILL" }],
        Handler = handler,
    };
}
