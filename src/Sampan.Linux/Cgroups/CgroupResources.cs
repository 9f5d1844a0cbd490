using Sampan.Linux.Cgroups.Controllers;

namespace Sampan.Linux.Cgroups;

/// <summary>
/// Limits of a cgroup, runtime-spec config-linux.md "Control groups"; null leaves the kernel's value. -1 is "no limit" where a
/// number can be negative. Callers send 0 for what they do not want to set: only for <see cref="PidsLimit"/> it is a limit.
/// </summary>
public sealed record CgroupResources
{
    public long? MemoryLimitBytes { get; init; }

    /// <summary>Memory and swap together.</summary>
    public long? MemorySwapBytes { get; init; }

    /// <summary>The soft limit: what is above it is reclaimed first.</summary>
    public long? MemoryReservationBytes { get; init; }

    /// <summary>TCP buffers, version 1 only.</summary>
    public long? MemoryKernelTcpBytes { get; init; }

    /// <summary>0 to 100, version 1 only.</summary>
    public ulong? MemorySwappiness { get; init; }

    /// <summary>At the limit tasks wait instead of being killed, version 1 only.</summary>
    public bool DisableOomKiller { get; init; }

    /// <summary>Whether memory of cgroups below counts here. Version 2, and version 1 since Linux 5.11, know only true.</summary>
    public bool? MemoryHierarchy { get; init; }

    /// <summary>Refuse a memory limit below what is in use, instead of reclaiming and killing.</summary>
    public bool CheckBeforeUpdate { get; init; }

    /// <summary>2 to 262144, 1024 is usual.</summary>
    public ulong? CpuShares { get; init; }

    public long? CpuQuotaUs { get; init; }

    /// <summary>How much unused quota may be used later.</summary>
    public ulong? CpuBurstUs { get; init; }

    public ulong? CpuPeriodUs { get; init; }

    /// <summary>Version 1 with real-time group scheduling only.</summary>
    public long? CpuRealtimeRuntimeUs { get; init; }

    public ulong? CpuRealtimePeriodUs { get; init; }

    /// <summary>1: runs only when nothing else wants to.</summary>
    public long? CpuIdle { get; init; }

    /// <summary>A list such as <c>0-2,7</c>.</summary>
    public string? CpusetCpus { get; init; }

    public string? CpusetMems { get; init; }

    public long? PidsLimit { get; init; }

    /// <summary>10 to 1000.</summary>
    public ushort? BlkioWeight { get; init; }

    /// <summary>Of the tasks here against those of cgroups below; only kernels before 5.0 have it.</summary>
    public ushort? BlkioLeafWeight { get; init; }

    public IReadOnlyList<DeviceWeight> BlkioDeviceWeights { get; init; } = [];

    public IReadOnlyList<ThrottledDevice> BlkioThrottles { get; init; } = [];

    /// <summary>Bytes by page size, for example <c>2MB</c>.</summary>
    public IReadOnlyDictionary<string, ulong> HugePageLimits { get; init; } = new Dictionary<string, ulong>();

    /// <summary>Tag of the network packets, version 1 only.</summary>
    public uint? NetworkClassId { get; init; }

    /// <summary>Priority of the packets by network interface, version 1 only.</summary>
    public IReadOnlyDictionary<string, uint> NetworkPriorities { get; init; } = new Dictionary<string, uint>();

    public IReadOnlyDictionary<string, RdmaLimit> RdmaLimits { get; init; } = new Dictionary<string, RdmaLimit>();

    /// <summary>The last rule that fits decides, and what none fits is denied; empty leaves all devices as the parent has them.</summary>
    public IReadOnlyList<DeviceRule> Devices { get; init; } = [];

    /// <summary>File names and contents for cgroup v2, written as they are after everything else.</summary>
    public IReadOnlyDictionary<string, string> Unified { get; init; } = new Dictionary<string, string>();

    /// <summary>No limit is asked for; device rules do not count.</summary>
    public bool AsksForNothing => Unified.Count == 0 && !Controller.All.Any(one => one.V1(this).Any());
}
