using Sampan.CommandLine;
using Sampan.Runtime.Lifecycle;
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
        ],
        Handler = Run,
    };

    private static int Run(ParsedArguments arguments)
    {
        StateStore store = GlobalFlags.Store(arguments);
        string id = arguments.Positionals[0];
        string bundle = arguments.Text("bundle")!;
        bool terminal = Creation.ReadSpec(bundle).Process?.Terminal == true;
        bool detach = arguments.Switch("detach");
        ConsoleSocket? socket = detach || terminal ? ConsoleSocket.For(terminal, arguments.Text("console-socket")) : null;
        using ContainerProcess process = Creation.Run(store, id, bundle, CreateCommand.Options(arguments));
        socket?.Send(process.Console!);
        if (detach) return 0;
        int code = SignalRelay.Wait(process.PidFd);
        if (!arguments.Switch("keep")) Ending.Delete(store, id, force: true);
        return code;
    }
}
