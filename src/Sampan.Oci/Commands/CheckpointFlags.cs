using Sampan.CommandLine;
using Sampan.Runtime.Checkpoint;

namespace Sampan.Oci.Commands;

/// <summary>What checkpoint and restore both take.</summary>
internal static class CheckpointFlags
{
    public static IReadOnlyList<Flag> All { get; } =
    [
        Flag.Text("image-path", "DIR", "where the saved container is") with { Default = "checkpoint" },
        Flag.Text("work-path", "DIR", "where criu writes its log, if not to --image-path"),
        Flag.Switch("tcp-established", "also with open TCP connections"),
        Flag.Switch("tcp-skip-in-flight", "pass over TCP connections that are being made"),
        Flag.Switch("link-remap", "also with open files that were deleted"),
        Flag.Switch("ext-unix-sk", "also with unix sockets to the outside"),
        Flag.Switch("shell-job", "also with a terminal of the caller"),
        Flag.Switch("lazy-pages", "memory is fetched later"),
        Flag.Switch("file-locks", "also with file locks"),
        Flag.Text("manage-cgroups-mode", "MODE", "soft, full, strict or ignore"),
        Flag.List("empty-ns", "KIND", "a namespace whose content is not saved: network"),
        Flag.Switch("auto-dedup", "leave out memory that is saved twice"),
    ];

    public static CheckpointOptions Options(ParsedArguments arguments) => new()
    {
        Program = arguments.Global.Text("criu")!,
        ImagesPath = arguments.Text("image-path")!,
        WorkPath = arguments.Text("work-path") is { Length: > 0 } work ? work : null,
        TcpEstablished = arguments.Switch("tcp-established"),
        TcpSkipInFlight = arguments.Switch("tcp-skip-in-flight"),
        LinkRemap = arguments.Switch("link-remap"),
        ExternalUnixSockets = arguments.Switch("ext-unix-sk"),
        ShellJob = arguments.Switch("shell-job"),
        LazyPages = arguments.Switch("lazy-pages"),
        FileLocks = arguments.Switch("file-locks"),
        AutoDeduplicate = arguments.Switch("auto-dedup"),
        CgroupsMode = Mode(arguments.Text("manage-cgroups-mode")),
        EmptyNetwork = EmptyNetwork(arguments.List("empty-ns")),
    };

    private static CgroupsMode? Mode(string? text) => text switch
    {
        null or "" => null,
        "soft" => CgroupsMode.Soft,
        "full" => CgroupsMode.Full,
        "strict" => CgroupsMode.Strict,
        "ignore" => CgroupsMode.Ignore,
        _ => throw new UsageException($"--manage-cgroups-mode {text}: not soft, full, strict or ignore"),
    };

    private static bool EmptyNetwork(IReadOnlyList<string> kinds)
    {
        foreach (string kind in kinds)
            if (kind != "network") throw new UsageException($"--empty-ns {kind}: only network can be left empty");
        return kinds.Count > 0;
    }
}
