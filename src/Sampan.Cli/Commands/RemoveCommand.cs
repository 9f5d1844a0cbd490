using Sampan.CommandLine;

namespace Sampan.Cli.Commands;

/// <summary><c>sampan rm</c>.</summary>
internal static class RemoveCommand
{
    public static Command Declare(Func<ParsedArguments, int> handler) => new("rm", "remove containers")
    {
        Positionals = "CONTAINER...",
        MinPositionals = 1,
        Flags =
        [
            Flag.Switch("force", "kill them first when they run", 'f'),
            Flag.Switch("volumes", "also remove their anonymous volumes", 'v'),
        ],
        Handler = handler,
    };
}
