using Sampan.Cli.Output;
using Sampan.CommandLine;
using Sampan.Engine.Containers;
using Sampan.Engine.Rootless;
using Sampan.Engine.State;

namespace Sampan.Cli.Commands;

/// <summary><c>sampan rm</c>.</summary>
internal static class RemoveCommand
{
    public static Command Declare(TextWriter output, TextWriter error) => new("rm", "remove containers")
    {
        Positionals = "CONTAINER...",
        MinPositionals = 1,
        Flags =
        [
            Flag.Switch("force", "kill them first when they run", 'f'),
            Flag.Switch("volumes", "also remove their anonymous volumes", 'v'),
        ],
        Handler = parsed => Run(parsed, output, error),
    };

    private static int Run(ParsedArguments parsed, TextWriter output, TextWriter error)
    {
        if (OrdinaryUser.IsCaller) return OrdinaryUser.Enter(EnginePaths.FromEnvironment()); // files in a container belong to other ids of the user
        EnginePaths paths = SweptEngine.Open(error);
        ContainerStore store = new(paths);
        foreach (ContainerRecord record in parsed.Positionals.Select(store.Find).ToList())
        {
            Removal.Remove(paths, record, parsed.Switch("force"));
            output.Write(record.Name + "\n");
        }
        return ExitCode.Success;
    }
}
