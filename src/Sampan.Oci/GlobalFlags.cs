using Sampan.CommandLine;
using Sampan.Linux.Cgroups;
using Sampan.Linux.Processes;
using Sampan.Runtime.State;

namespace Sampan.Oci;

/// <summary>The flags that stand before the verb.</summary>
internal static class GlobalFlags
{
    public const string Version = "0.1.0";

    public static IReadOnlyList<Flag> All { get; } =
    [
        Flag.Text("root", "DIR", "where the state of containers is kept") with { Default = DefaultRoot() },
        Flag.Text("log", "FILE", "also write errors to this file"),
        Flag.Text("log-format", "FORMAT", "format of the log, text or json") with { Default = "text", Choices = ["text", "json"] },
        Flag.Text("log-level", "LEVEL", "debug, info, warning or error") with { Default = "info", Choices = ["debug", "info", "warning", "error"] },
        Flag.Switch("debug", "as --log-level debug"),
        Flag.Switch("systemd-cgroup", "let systemd make cgroups; cgroupsPath is SLICE:PREFIX:NAME"),
        Flag.Text("cgroup-manager", "MANAGER", "cgroupfs, systemd, or disabled to leave cgroups alone")
            with { Default = "cgroupfs", Choices = ["cgroupfs", "systemd", "disabled"] },
        Flag.Text("rootless", "WHEN", "go without cgroups where they may not be made: true, false or auto")
            with { Default = "auto", Choices = ["true", "false", "auto"] },
        Flag.Text("criu", "PROGRAM", "the program for checkpoint and restore") with { Default = "criu" },
    ];

    public static StateStore Store(ParsedArguments arguments) => new(arguments.Global.Text("root")!);

    /// <summary>The process stays in its caller's cgroup: because it was said, or because an ordinary user can not make one.</summary>
    public static bool WithoutCgroups(ParsedArguments arguments)
    {
        bool mayGoWithout = arguments.Global.Text("rootless") switch
        {
            "true" => true,
            "false" => false,
            "auto" => Caller.Uid != 0,
            string other => throw new UsageException($"--rootless {other}: not true, false or auto"),
            null => false,
        };
        return arguments.Global.Text("cgroup-manager") switch
        {
            "disabled" => true,
            "cgroupfs" or "systemd" => mayGoWithout && !CgroupLayout.Current.IsWritable,
            string other => throw new UsageException($"--cgroup-manager {other}: not cgroupfs, systemd or disabled"),
            null => false,
        };
    }

    /// <summary>The cgroup is made by systemd.</summary>
    public static bool Systemd(ParsedArguments arguments) => arguments.Global.Switch("systemd-cgroup") || arguments.Global.Text("cgroup-manager") == "systemd";

    // an ordinary user's containers are his own
    private static string DefaultRoot() =>
        Caller.Uid == 0 ? "/run/sampan-oci"
        : Environment.GetEnvironmentVariable("XDG_RUNTIME_DIR") is { Length: > 0 } runtime ? $"{runtime}/sampan-oci"
        : $"/tmp/sampan-oci-{Caller.Uid}";
}
