using System.Globalization;

namespace Sampan.Linux.Cgroups.Controllers;

/// <summary>Processor time: shares of what is left, and quotas.</summary>
internal static class CpuController
{
    private const string Name = "cpu";
    private const ulong DefaultPeriodUs = 100_000;

    public static IEnumerable<CgroupSetting> V1(CgroupResources limits)
    {
        if (limits.CpuIdle is { } idle) yield return new(Name, "cpu.idle", idle.Text());
        if (limits.CpuShares.Given() is { } shares && limits.CpuIdle is not 1) yield return new(Name, "cpu.shares", shares.Text());
        if (limits.CpuPeriodUs.Given() is { } period) yield return new(Name, "cpu.cfs_period_us", period.Text());
        if (limits.CpuQuotaUs.Given() is { } quota) yield return new(Name, "cpu.cfs_quota_us", quota.Text());
        if (limits.CpuBurstUs is { } burst) yield return new(Name, "cpu.cfs_burst_us", burst.Text());
        if (limits.CpuRealtimePeriodUs.Given() is { } realtimePeriod) yield return new(Name, "cpu.rt_period_us", realtimePeriod.Text());
        if (limits.CpuRealtimeRuntimeUs.Given() is { } runtime) yield return new(Name, "cpu.rt_runtime_us", runtime.Text());
    }

    public static IEnumerable<CgroupSetting> V2(CgroupResources limits)
    {
        if (limits.CpuRealtimePeriodUs.Given() is not null || limits.CpuRealtimeRuntimeUs.Given() is not null)
            throw Controller.OnlyOnV1("cpu: a limit of real-time scheduling");
        // before the weight, which idle resets and, while it is on, refuses
        if (limits.CpuIdle is { } idle) yield return new(Name, "cpu.idle", idle.Text());
        if (limits.CpuShares.Given() is { } shares && limits.CpuIdle is not 1) yield return new(Name, "cpu.weight", CpuWeight.OfShares(shares).Text());
        if (Max(limits.CpuQuotaUs.Given(), limits.CpuPeriodUs.Given()) is { } max) yield return new(Name, "cpu.max", max);
        if (limits.CpuBurstUs is { } burst) yield return new(Name, "cpu.max.burst", burst.Text());
    }

    // the quota alone leaves the period, a period alone needs the quota: "max" is then what it was, unless somebody limited it
    private static string? Max(long? quotaUs, ulong? periodUs) => (quotaUs, periodUs) switch
    {
        (null, null) => null,
        (null or < 0, _) => string.Create(CultureInfo.InvariantCulture, $"max {periodUs ?? DefaultPeriodUs}"),
        ({ } quota, null) => quota.Text(),
        ({ } quota, { } period) => string.Create(CultureInfo.InvariantCulture, $"{quota} {period}"),
    };
}
