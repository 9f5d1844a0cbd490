namespace Sampan.Linux.Cgroups;

/// <summary>Limits of a cgroup; null leaves the kernel's value. -1 is "no limit" where a number is.</summary>
public sealed class CgroupResources
{
    public long? MemoryLimitBytes { get; init; }

    /// <summary>Memory and swap together.</summary>
    public long? MemorySwapBytes { get; init; }

    public long? MemoryReservationBytes { get; init; }

    public long? CpuQuotaUs { get; init; }

    public ulong? CpuPeriodUs { get; init; }

    /// <summary>2 to 262144, 1024 is usual.</summary>
    public ulong? CpuShares { get; init; }

    public string? CpusetCpus { get; init; }

    public string? CpusetMems { get; init; }

    public long? PidsLimit { get; init; }

    /// <summary>10 to 1000.</summary>
    public ushort? BlkioWeight { get; init; }

    /// <summary>Applied in this order; empty leaves all devices as the parent has them.</summary>
    public IReadOnlyList<DeviceRule> Devices { get; init; } = [];

    /// <summary>File names and contents for cgroup v2, written as they are after everything else.</summary>
    public IReadOnlyDictionary<string, string> Unified { get; init; } = new Dictionary<string, string>();
}
