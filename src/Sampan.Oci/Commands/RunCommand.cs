using Sampan.CommandLine;
using Sampan.Linux.Events;
using Sampan.Linux.Processes;
using Sampan.Runtime.Lifecycle;
using Sampan.Runtime.Spec;
using Sampan.Runtime.Start;
using Sampan.Runtime.State;

namespace Sampan.Oci.Commands;

internal static class RunCommand
{
    public static Command Declare() => new("run", "create a container and start it")
    {
        Positionals = "ID",
        MinPositionals = 1,
        MaxPositionals = 1,
        Flags =
        [
            .. CreateCommand.Flags,
            Flag.Switch("detach", "return when the container runs", 'd'),
            Flag.Switch("keep", "keep the state when the container has ended"),
            Flag.Switch("no-subreaper", "do not reap the container's orphans"),
        ],
        Handler = Run,
    };

    private static int Run(ParsedArguments arguments)
    {
        StateStore store = GlobalFlags.Store(arguments);
        string id = arguments.Positionals[0];
        Bundle bundle = Bundle.Read(arguments.Text("bundle")!);
        ContainerSpec spec = bundle.Spec;
        if (spec.SharesItsFirstProcess) OwnProgram.BeginReadOnly();
        else OwnProgram.RefuseInside();
        bool terminal = spec.Process?.Terminal == true;
        bool detach = arguments.Switch("detach");
        string? socketPath = arguments.Text("console-socket");
        ConsoleSocket? socket = detach || socketPath is not null ? ConsoleSocket.For(terminal, socketPath) : null;
        if (!detach && !arguments.Switch("no-subreaper")) Subreaper.Become();
        SignalFd? signals = null;
        CreationOptions options = CreateCommand.Options(arguments) with { Meanwhile = detach ? null : () => signals = Foreground.TakeSignals() };
        using ContainerProcess process = Creation.Run(store, id, bundle, options, socket is null ? null : socket.Send, out NotifySocket? notify);
        using NotifySocket? open = notify;
        if (detach)
        {
            notify?.WaitUntilReady(process.PidFd, process.Pid);
            return 0;
        }
        int code = new Foreground(process, signals!, socket is null ? process.Console : null, notify).Wait();
        if (!arguments.Switch("keep")) Ending.Delete(store, id, force: true, spec);
        return code;
    }
}
