namespace Sampan.Linux.Cgroups.Usage;

/// <summary>What was read from and written to block devices, here and below.</summary>
/// <param name="Bytes">In bytes.</param>
/// <param name="Operations">How often.</param>
public sealed record BlockIoUsage(IReadOnlyList<BlockIoEntry> Bytes, IReadOnlyList<BlockIoEntry> Operations)
{
    public Pressure? Pressure { get; init; }

    internal static BlockIoUsage? Read(UsageFiles files)
    {
        Pressure? pressure = Pressure.Parse(files.TextOfV2("io.pressure"));
        // bfq's numbers where that scheduler is in use, else those of the throttling layer
        List<BlockIoEntry> bytes = V1(files, "bfq.io_service_bytes_recursive"), operations = V1(files, "bfq.io_serviced_recursive");
        if (bytes.Count == 0)
        {
            bytes = V1(files, "throttle.io_service_bytes_recursive");
            operations = V1(files, "throttle.io_serviced_recursive");
        }

        if (files.Has("blkio")) return new BlockIoUsage(bytes, operations) { Pressure = pressure };
        if (files.TextOfV2("io.stat") is not { } stat) return null;
        return new BlockIoUsage(V2(stat, "rbytes", "wbytes"), V2(stat, "rios", "wios")) { Pressure = pressure };
    }

    /// <summary>Lines as <c>8:0 Read 4096</c>; the last one, a sum over all devices, has no device.</summary>
    private static List<BlockIoEntry> V1(UsageFiles files, string name)
    {
        List<BlockIoEntry> entries = [];
        foreach (string line in (files.Text("blkio", $"blkio.{name}", null) ?? "").Split('\n'))
        {
            if (line.Split(' ', ':') is [var major, var minor, var operation, var value])
                entries.Add(new(KeyedNumbers.Number(major), KeyedNumbers.Number(minor), operation, KeyedNumbers.Number(value)));
        }

        return entries;
    }

    /// <summary>Lines as <c>8:0 rbytes=4096 wbytes=0 rios=1 wios=0 dbytes=0 dios=0</c>.</summary>
    internal static List<BlockIoEntry> V2(string stat, string read, string write)
    {
        List<BlockIoEntry> entries = [];
        foreach (string line in stat.Split('\n', StringSplitOptions.RemoveEmptyEntries))
        {
            string[] parts = line.Split(' ', StringSplitOptions.RemoveEmptyEntries);
            string[] device = parts[0].Split(':');
            foreach (string part in parts.Skip(1))
            {
                string[] pair = part.Split('=');
                string? operation = pair[0] == read ? "Read" : pair[0] == write ? "Write" : null;
                if (operation is not null) entries.Add(new(KeyedNumbers.Number(device[0]), KeyedNumbers.Number(device[1]), operation, KeyedNumbers.Number(pair[1])));
            }
        }

        return entries;
    }
}
