using Sampan.CommandLine;
using Sampan.Linux.Namespaces;
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

    /// <summary>The process stays in its caller's cgroup.</summary>
    public static bool WithoutCgroups(ParsedArguments arguments) => arguments.Global.Text("cgroup-manager") switch
    {
        "disabled" => true,
        "cgroupfs" or "systemd" or null => false,
        string other => throw new UsageException($"--cgroup-manager {other}: not cgroupfs, systemd or disabled"),
    };

    /// <summary>It does so where no cgroup can be made, unless the configuration asks for limits.</summary>
    public static bool MayGoWithoutCgroup(ParsedArguments arguments) => arguments.Global.Text("rootless") switch
    {
        "true" => true,
        "auto" => Caller.Uid != 0 || OwnUserNamespace.IsInside,
        "false" or null => false,
        string other => throw new UsageException($"--rootless {other}: not true, false or auto"),
    };

    /// <summary>The cgroup is made by systemd.</summary>
    public static bool Systemd(ParsedArguments arguments) => arguments.Global.Switch("systemd-cgroup") || arguments.Global.Text("cgroup-manager") == "systemd";

    // an ordinary user's containers are his own
    private static string DefaultRoot() =>
        Caller.Uid == 0 ? "/run/sampan-oci"
        : Environment.GetEnvironmentVariable("XDG_RUNTIME_DIR") is { Length: > 0 } runtime ? $"{runtime}/sampan-oci"
        : $"/tmp/sampan-oci-{Caller.Uid}";
}
