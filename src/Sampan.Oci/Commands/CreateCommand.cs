using Sampan.CommandLine;
using Sampan.Runtime.Lifecycle;
using Sampan.Runtime.Start;

namespace Sampan.Oci.Commands;

internal static class CreateCommand
{
    public static IReadOnlyList<Flag> Flags { get; } =
    [
        Flag.Text("bundle", "DIR", "the folder with config.json", 'b') with { Default = "." },
        Flag.Text("pid-file", "FILE", "write the process id here"),
        Flag.Text("console-socket", "SOCKET", "send the terminal's master to this unix socket"),
        Flag.Integer("preserve-fds", "N", "pass N more descriptors, from 3 on") with { Default = "0" },
        Flag.Switch("no-new-keyring", "accepted for callers that send it") with { Hidden = true },
    ];

    public static Command Declare() => new("create", "create a container from a bundle; it waits for start")
    {
        Positionals = "ID",
        MinPositionals = 1,
        MaxPositionals = 1,
        Flags = Flags,
        Handler = static arguments =>
        {
            string bundle = arguments.Text("bundle")!;
            ConsoleSocket? socket = ConsoleSocket.For(Creation.ReadSpec(bundle).Process?.Terminal == true, arguments.Text("console-socket"));
            using ContainerProcess process = Creation.Create(GlobalFlags.Store(arguments), arguments.Positionals[0], bundle, Options(arguments));
            socket?.Send(process.Console!);
            return 0;
        },
    };

    public static CreationOptions Options(ParsedArguments arguments) => new()
    {
        PidFile = arguments.Text("pid-file"),
        PreservedDescriptors = (int)(arguments.Integer("preserve-fds") ?? 0),
        WithoutCgroups = GlobalFlags.WithoutCgroups(arguments),
        SystemdCgroup = arguments.Global.Switch("systemd-cgroup"),
    };
}
