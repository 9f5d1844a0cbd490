namespace Sampan.Linux.Cgroups;

/// <summary>What a cgroup uses; null where its controller is not in use.</summary>
public sealed record CgroupStats(long? MemoryBytes, long? Pids, long? CpuNs);
