using System.Globalization;

namespace Sampan.Linux.Cgroups;

/// <summary>One value for one file of one controller.</summary>
internal readonly record struct CgroupSetting(string Controller, string File, string Value)
{
    /// <summary>What has to be written on v1 for these limits.</summary>
    public static List<CgroupSetting> V1(CgroupResources limits)
    {
        List<CgroupSetting> settings = [];
        Add(settings, "memory", "memory.limit_in_bytes", Text(limits.MemoryLimitBytes));
        Add(settings, "memory", "memory.memsw.limit_in_bytes", Text(limits.MemorySwapBytes));
        Add(settings, "memory", "memory.soft_limit_in_bytes", Text(limits.MemoryReservationBytes));
        Add(settings, "cpu", "cpu.cfs_period_us", limits.CpuPeriodUs?.ToString(CultureInfo.InvariantCulture));
        Add(settings, "cpu", "cpu.cfs_quota_us", Text(limits.CpuQuotaUs));
        Add(settings, "cpu", "cpu.shares", limits.CpuShares?.ToString(CultureInfo.InvariantCulture));
        Add(settings, "cpuset", "cpuset.cpus", limits.CpusetCpus);
        Add(settings, "cpuset", "cpuset.mems", limits.CpusetMems);
        Add(settings, "pids", "pids.max", TextOrMax(limits.PidsLimit));
        Add(settings, "blkio", "blkio.bfq.weight", limits.BlkioWeight is > 0 and { } weight ? weight.ToString(CultureInfo.InvariantCulture) : null);
        foreach (DeviceRule rule in limits.Devices)
            settings.Add(new("devices", rule.Allow ? "devices.allow" : "devices.deny", rule.ToString()));
        return settings;
    }

    /// <summary>What has to be written on v2, without devices.</summary>
    public static List<CgroupSetting> V2(CgroupResources limits)
    {
        List<CgroupSetting> settings = [];
        Add(settings, "memory", "memory.max", TextOrMax(limits.MemoryLimitBytes));
        Add(settings, "memory", "memory.swap.max", Swap(limits));
        Add(settings, "memory", "memory.low", TextOrMax(limits.MemoryReservationBytes));
        if (limits.CpuQuotaUs is not null || limits.CpuPeriodUs is not null)
        {
            string quota = limits.CpuQuotaUs is > 0 ? Text(limits.CpuQuotaUs)! : "max";
            settings.Add(new("cpu", "cpu.max", string.Create(CultureInfo.InvariantCulture, $"{quota} {limits.CpuPeriodUs ?? 100000}")));
        }

        // 2..262144 of v1 onto 1..10000
        Add(settings, "cpu", "cpu.weight", limits.CpuShares is { } shares
            ? (1 + (Math.Clamp(shares, 2, 262144) - 2) * 9999 / 262142).ToString(CultureInfo.InvariantCulture) : null);
        Add(settings, "cpuset", "cpuset.cpus", limits.CpusetCpus);
        Add(settings, "cpuset", "cpuset.mems", limits.CpusetMems);
        Add(settings, "pids", "pids.max", TextOrMax(limits.PidsLimit));
        // 10..1000 of v1 onto 1..10000
        Add(settings, "io", "io.weight", limits.BlkioWeight is > 0 and { } weight
            ? (1 + (Math.Clamp(weight, (ushort)10, (ushort)1000) - 10) * 9999 / 990).ToString(CultureInfo.InvariantCulture) : null);
        foreach ((string file, string value) in limits.Unified) settings.Add(new(file.Split('.')[0], file, value));
        return settings;
    }

    private static string? Swap(CgroupResources limits) => limits.MemorySwapBytes switch
    {
        null => null,
        < 0 => "max",
        long both => Text(Math.Max(0, both - (limits.MemoryLimitBytes is > 0 and long memory ? memory : 0))),
    };

    private static void Add(List<CgroupSetting> settings, string controller, string file, string? value)
    {
        if (!string.IsNullOrEmpty(value)) settings.Add(new(controller, file, value));
    }

    private static string? Text(long? value) => value?.ToString(CultureInfo.InvariantCulture);

    private static string? TextOrMax(long? value) => value is <= 0 ? "max" : Text(value);
}
