using Sampan.CommandLine;

namespace Sampan.Oci.Commands;

internal static class CheckpointCommand
{
    public const string NotThere = "not supported: this version can not save and restore containers";

    /// <summary>What checkpoint and restore both take.</summary>
    public static IReadOnlyList<Flag> Common { get; } =
    [
        Flag.Text("image-path", "DIR", "where the saved container is"),
        Flag.Text("work-path", "DIR", "where criu writes its log"),
        Flag.Switch("tcp-established", "also with open TCP connections"),
        Flag.Switch("tcp-skip-in-flight", "pass over TCP connections that are being made"),
        Flag.Switch("link-remap", "also with open files that were deleted"),
        Flag.Switch("ext-unix-sk", "also with unix sockets to the outside"),
        Flag.Switch("shell-job", "also with a terminal of the caller"),
        Flag.Switch("lazy-pages", "memory is fetched later"),
        Flag.Switch("file-locks", "also with file locks"),
        Flag.Text("manage-cgroups-mode", "MODE", "soft, full, strict or ignore"),
        Flag.List("empty-ns", "KIND", "a namespace whose content is not saved"),
        Flag.Switch("auto-dedup", "leave out memory that is saved twice"),
    ];

    public static Command Declare() => new("checkpoint", "save a running container with criu")
    {
        Positionals = "ID",
        MinPositionals = 1,
        MaxPositionals = 1,
        Flags =
        [
            .. Common,
            Flag.Text("parent-path", "DIR", "an earlier --pre-dump"),
            Flag.Switch("leave-running", "do not end the container"),
            Flag.Switch("pre-dump", "save only memory, and leave the container running"),
            Flag.Text("page-server", "ADDRESS:PORT", "send memory there"),
            Flag.Integer("status-fd", "N", "told when lazy pages can be fetched") with { Default = "-1" },
        ],
        Handler = static _ => throw new UsageException($"checkpoint: {NotThere}"),
    };
}
