using Sampan.Cli.Output;
using Sampan.CommandLine;
using Sampan.Engine.Monitor;
using Sampan.Engine.Rootless;
using Sampan.Engine.State;
using Sampan.Linux.Events;

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
            if (store.Describe(record).Status == ContainerStatus.Running)
            {
                if (!parsed.Switch("force")) throw new EngineException($"container {record.Name} is running; hint: stop it first, or use --force");
                MonitorConnection.Stop(record, paths.Container(record.Id), SignalNumber.Kill, 0);
            }
            store.Remove(record);
            output.Write(record.Name + "\n");
        }
        return ExitCode.Success;
    }
}
