using Sampan.Linux.Cgroups;

namespace Sampan.Runtime.Systemd;

/// <summary>Limits as properties of a unit, org.freedesktop.systemd1(5); the highest number is no limit.</summary>
internal static class ScopeLimits
{
    private const ulong DefaultPeriodUs = 100_000;
    private const ulong QuotaGrainUs = 10_000;

    public static IEnumerable<(string Name, ulong Value)> Of(CgroupResources limits)
    {
        if (limits.MemoryLimitBytes is not (null or 0) and { } memory) yield return ("MemoryMax", OrMax(memory));
        if (limits.MemoryReservationBytes is not (null or 0) and { } low) yield return ("MemoryLow", OrMax(low));
        if (Swap(limits) is { } swap) yield return ("MemorySwapMax", OrMax(swap));
        if (limits.CpuShares is > 0 and { } shares && limits.CpuIdle is not 1) yield return ("CPUWeight", CpuWeight.OfShares(shares));
        if (limits.CpuIdle is 1) yield return ("CPUWeight", 0); // systemd's word for idle
        if (limits.CpuQuotaUs is not (null or 0) and { } quota)
        {
            ulong period = limits.CpuPeriodUs is > 0 and { } given ? given : DefaultPeriodUs;
            yield return ("CPUQuotaPeriodUSec", period);
            // systemd counts in whole percents of a second: never less than was asked for
            yield return ("CPUQuotaPerSecUSec", quota < 0 ? ulong.MaxValue : ((ulong)quota * 1_000_000 / period + QuotaGrainUs - 1) / QuotaGrainUs * QuotaGrainUs);
        }

        if (limits.PidsLimit is { } pids) yield return ("TasksMax", pids == 0 ? 1 : OrMax(pids));
    }

    private static long? Swap(CgroupResources limits) => limits.MemorySwapBytes is null or 0 ? null
        : limits.MemorySwapBytes < 0 ? -1 : limits.MemorySwapBytes - (limits.MemoryLimitBytes is > 0 and { } memory ? memory : 0);

    private static ulong OrMax(long value) => value < 0 ? ulong.MaxValue : (ulong)value;
}
