namespace Sampan.Linux.Cgroups.Usage;

/// <summary>How many tasks there are and may be; the highest number where there is no limit.</summary>
public sealed record PidsUsage(ulong Current, ulong Limit)
{
    internal static PidsUsage? Read(UsageFiles files) =>
        files.Number("pids", "pids.current", "pids.current") is not { } current ? null
        : new(current, KeyedNumbers.Number(files.Text("pids", "pids.max", "pids.max") ?? "max"));
}
