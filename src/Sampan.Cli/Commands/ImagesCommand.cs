using Sampan.CommandLine;

namespace Sampan.Cli.Commands;

/// <summary><c>sampan images</c>.</summary>
internal static class ImagesCommand
{
    public static Command Declare(Func<ParsedArguments, int> handler) => new("images", "list images")
    {
        MaxPositionals = 0,
        Flags = ListFlags.All,
        Handler = handler,
    };
}
