using Sampan.CommandLine;
using Sampan.Linux.Processes;
using Sampan.Runtime.Checkpoint;
using Sampan.Runtime.Lifecycle;
using Sampan.Runtime.State;

namespace Sampan.Oci.Commands;

internal static class RestoreCommand
{
    public static Command Declare() => new("restore", "go on with a saved container")
    {
        Positionals = "ID",
        MinPositionals = 1,
        MaxPositionals = 1,
        Flags =
        [
            .. CheckpointFlags.All,
            .. CreateCommand.Flags,
            Flag.Switch("detach", "return when the container runs", 'd'),
            Flag.Switch("no-subreaper", "do not reap the container's orphans"),
            Flag.Text("lsm-profile", "TYPE:NAME", "another security profile"),
            Flag.Text("lsm-mount-context", "CONTEXT", "another security label of mounts"),
        ],
        Handler = Run,
    };

    private static int Run(ParsedArguments arguments)
    {
        StateStore store = GlobalFlags.Store(arguments);
        string id = arguments.Positionals[0];
        Bundle bundle = Bundle.Read(arguments.Text("bundle")!);
        bool detach = arguments.Switch("detach");
        string? socketPath = arguments.Text("console-socket");
        bool terminal = bundle.Spec.Process?.Terminal == true;
        ConsoleSocket? socket = detach || socketPath is not null ? ConsoleSocket.For(terminal, socketPath) : null;
        CreationOptions creation = CreateCommand.Options(arguments);
        if (creation.PreservedDescriptors > 0) throw new UsageException("restore: no descriptors can be passed on: a saved container has those that it had");
        if (!detach && !arguments.Switch("no-subreaper")) Subreaper.Become();
        CheckpointOptions options = CheckpointFlags.Options(arguments) with
        {
            LsmProfile = arguments.Text("lsm-profile") is { Length: > 0 } profile ? profile : null,
            LsmMountContext = arguments.Text("lsm-mount-context") is { Length: > 0 } context ? context : null,
        };
        using RestoredProcess process = Restoration.Restore(store, id, bundle, creation, options, socket is null ? null : socket.Send);
        if (detach) return 0;
        int code = new Foreground(process.PidFd, process.Pid, Foreground.TakeSignals(), socket is null ? process.Console : null, null).Wait();
        Ending.Delete(store, id, force: true, bundle.Spec);
        return code;
    }
}
