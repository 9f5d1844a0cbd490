using Sampan.CommandLine;
using Sampan.Runtime.State;

namespace Sampan.Oci;

/// <summary>The flags that stand before the verb.</summary>
internal static class GlobalFlags
{
    public const string Version = "0.1.0";

    public static IReadOnlyList<Flag> All { get; } =
    [
        Flag.Text("root", "DIR", "where the state of containers is kept") with { Default = "/run/sampan-oci" },
        Flag.Text("log", "FILE", "also write errors to this file"),
        Flag.Text("log-format", "FORMAT", "format of the log") with { Default = "text", Choices = ["text", "json"] },
        Flag.Text("log-level", "LEVEL", "accepted for callers that send it") with { Hidden = true },
        Flag.Switch("debug", "accepted for callers that send it") with { Hidden = true },
        Flag.Switch("systemd-cgroup", "have systemd make the cgroups; cgroupsPath is then slice:prefix:name"),
        Flag.Text("cgroup-manager", "MANAGER", "cgroupfs, or disabled to leave cgroups alone") with { Default = "cgroupfs", Choices = ["cgroupfs", "disabled"] },
    ];

    public static StateStore Store(ParsedArguments arguments) => new(arguments.Global.Text("root")!);

    public static bool WithoutCgroups(ParsedArguments arguments) => arguments.Global.Text("cgroup-manager") switch
    {
        "disabled" => true,
        "cgroupfs" => false,
        string other => throw new UsageException($"--cgroup-manager {other}: not cgroupfs or disabled"),
        null => false,
    };
}
