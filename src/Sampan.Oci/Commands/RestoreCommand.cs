using Sampan.CommandLine;

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
            .. CheckpointCommand.Common,
            .. CreateCommand.Flags,
            Flag.Switch("detach", "return when the container runs", 'd'),
            Flag.Switch("no-subreaper", "do not reap the container's orphans"),
            Flag.Text("lsm-profile", "TYPE:NAME", "another security profile"),
            Flag.Text("lsm-mount-context", "CONTEXT", "another security label of mounts"),
        ],
        Handler = static _ => throw new UsageException($"restore: {CheckpointCommand.NotThere}"),
    };
}
