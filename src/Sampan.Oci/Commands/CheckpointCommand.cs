using System.Globalization;
using Sampan.CommandLine;
using Sampan.Linux.Files;
using Sampan.Runtime.Checkpoint;

namespace Sampan.Oci.Commands;

internal static class CheckpointCommand
{
    public static Command Declare() => new("checkpoint", "save a running container with criu, and end it")
    {
        Positionals = "ID",
        MinPositionals = 1,
        MaxPositionals = 1,
        Flags =
        [
            .. CheckpointFlags.All,
            Flag.Text("parent-path", "DIR", "an earlier --pre-dump, relative to --image-path"),
            Flag.Switch("leave-running", "do not end the container"),
            Flag.Switch("pre-dump", "save only memory, and leave the container running"),
            Flag.Text("page-server", "ADDRESS:PORT", "send memory there"),
            Flag.Integer("status-fd", "N", "a descriptor that gets a byte when lazy pages can be fetched") with { Default = "-1" },
        ],
        Handler = Run,
    };

    private static int Run(ParsedArguments arguments)
    {
        CheckpointOptions options = CheckpointFlags.Options(arguments) with
        {
            ParentPath = arguments.Text("parent-path") is { Length: > 0 } parent ? parent : null,
            LeaveRunning = arguments.Switch("leave-running"),
            PreDump = arguments.Switch("pre-dump"),
            PageServer = arguments.Text("page-server") is { Length: > 0 } server ? PageServer(server) : null,
            StatusDescriptor = StatusDescriptor(arguments.Integer("status-fd") ?? -1),
        };
        Checkpointing.Save(GlobalFlags.Store(arguments), arguments.Positionals[0], options);
        return 0;
    }

    private static (string Address, int Port) PageServer(string text)
    {
        int colon = text.LastIndexOf(':');
        return colon > 0 && ushort.TryParse(text.AsSpan(colon + 1), NumberStyles.None, CultureInfo.InvariantCulture, out ushort port) && port > 0
            ? (text[..colon], port)
            : throw new UsageException($"--page-server {text}: not ADDRESS:PORT");
    }

    private static int? StatusDescriptor(long number) => number == -1 ? null
        : number is >= 0 and <= int.MaxValue && InheritedDescriptors.Contains((int)number) ? (int)number
        : throw new UsageException($"--status-fd {number}: is not open");
}
