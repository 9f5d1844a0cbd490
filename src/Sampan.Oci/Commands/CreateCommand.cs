using Sampan.CommandLine;
using Sampan.Runtime.Lifecycle;
using Sampan.Runtime.Start;

namespace Sampan.Oci.Commands;

internal static class CreateCommand
{
    public static IReadOnlyList<Flag> Flags { get; } =
    [
        Flag.Text("bundle", "DIR", "the folder with config.json", 'b') with { Default = "." },
        .. ProcessFlags,
        Flag.Switch("no-pivot", "move the root instead of pivoting into it: where the host's root is an initramfs"),
        Flag.Switch("no-new-keyring", "keep the caller's session keyring"),
    ];

    /// <summary>What every verb that starts a process takes.</summary>
    public static IReadOnlyList<Flag> ProcessFlags =>
    [
        Flag.Text("pid-file", "FILE", "write the process id here"),
        Flag.Text("console-socket", "SOCKET", "send the terminal's master to this unix socket"),
        Flag.Text("pidfd-socket", "SOCKET", "send the process's pidfd to this unix socket"),
        Flag.Integer("preserve-fds", "N", "pass N more descriptors, those after stdio and $LISTEN_FDS") with { Default = "0" },
    ];

    public static Command Declare() => new("create", "create a container from a bundle; it waits for start")
    {
        Positionals = "ID",
        MinPositionals = 1,
        MaxPositionals = 1,
        Flags = Flags,
        Handler = static arguments =>
        {
            Bundle bundle = Bundle.Read(arguments.Text("bundle")!);
            ConsoleSocket? socket = ConsoleSocket.For(bundle.Spec.Process?.Terminal == true, arguments.Text("console-socket"));
            using ContainerProcess process = Creation.Create(
                GlobalFlags.Store(arguments), arguments.Positionals[0], bundle, Options(arguments), socket is null ? null : socket.Send);
            return 0;
        },
    };

    /// <summary>The flags of create and run.</summary>
    public static CreationOptions Options(ParsedArguments arguments) => ProcessOptions(arguments) with
    {
        KeepKeyring = arguments.Switch("no-new-keyring"),
        WithoutPivot = arguments.Switch("no-pivot"),
        NotifySocket = NotifySocketOfCaller(),
    };

    public static CreationOptions ProcessOptions(ParsedArguments arguments)
    {
        PassedDescriptors descriptors = PassedDescriptors.From(arguments);
        return new CreationOptions
        {
            PidFile = arguments.Text("pid-file"),
            PidFdSocket = arguments.Text("pidfd-socket"),
            PreservedDescriptors = descriptors.Count,
            Environment = descriptors.Environment,
            WithoutCgroups = GlobalFlags.WithoutCgroups(arguments),
            MayGoWithoutCgroup = GlobalFlags.MayGoWithoutCgroup(arguments),
            SystemdCgroup = GlobalFlags.Systemd(arguments),
        };
    }

    public static string? NotifySocketOfCaller() => Environment.GetEnvironmentVariable("NOTIFY_SOCKET") is { Length: > 0 } path ? path : null;
}
