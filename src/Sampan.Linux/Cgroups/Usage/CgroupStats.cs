namespace Sampan.Linux.Cgroups.Usage;

/// <summary>What a cgroup uses, in the shape of what <c>runc events --stats</c> prints; null where its controller is not in use.</summary>
public sealed record CgroupStats(CpuUsage? Cpu, MemoryUsage? Memory, PidsUsage? Pids, BlockIoUsage? BlockIo, CpusetUsage? Cpuset)
{
    /// <summary>By page size, for example <c>2MB</c>.</summary>
    public IReadOnlyDictionary<string, ResourceCounter> HugePages { get; init; } = new Dictionary<string, ResourceCounter>();

    /// <summary>The same with reservations counted, where the kernel does.</summary>
    public IReadOnlyDictionary<string, ResourceCounter> ReservedHugePages { get; init; } = new Dictionary<string, ResourceCounter>();
}
