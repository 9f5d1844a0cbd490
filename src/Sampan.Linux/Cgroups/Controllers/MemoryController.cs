namespace Sampan.Linux.Cgroups.Controllers;

/// <summary>Memory and swap. Kernel memory can not be limited by itself any more: it counts with the rest.</summary>
internal static class MemoryController
{
    private const string Name = "memory";

    public static IEnumerable<CgroupSetting> V1(CgroupResources limits)
    {
        if (limits.MemoryHierarchy is { } hierarchy) yield return new(Name, "memory.use_hierarchy", hierarchy ? "1" : "0");
        if (limits.MemoryLimitBytes.Given() is { } limit) yield return new(Name, "memory.limit_in_bytes", limit.Text());
        // as on version 2: without a limit of memory one of both makes no sense
        long? both = limits.MemorySwapBytes.Given() ?? (limits.MemoryLimitBytes is -1 ? -1 : null);
        if (both is { } swap) yield return new(Name, "memory.memsw.limit_in_bytes", swap.Text()) { IsOptional = swap < 0 };
        if (limits.MemoryReservationBytes.Given() is { } soft) yield return new(Name, "memory.soft_limit_in_bytes", soft.Text());
        if (limits.MemoryKernelTcpBytes.Given() is { } tcp) yield return new(Name, "memory.kmem.tcp.limit_in_bytes", tcp.Text());
        if (limits.MemorySwappiness is { } swappiness)
        {
            if (swappiness > 100) throw new IOException($"memory swappiness {swappiness}: not between 0 and 100");
            yield return new(Name, "memory.swappiness", swappiness.Text());
        }

        if (limits.DisableOomKiller) yield return new(Name, "memory.oom_control", "1");
    }

    public static IEnumerable<CgroupSetting> V2(CgroupResources limits)
    {
        if (limits.DisableOomKiller) throw Controller.OnlyOnV1("memory: disabling the out of memory killer");
        if (limits.MemorySwappiness is not null) throw Controller.OnlyOnV1("memory swappiness");
        if (limits.MemoryKernelTcpBytes.Given() is not null) throw Controller.OnlyOnV1("memory: a limit of kernel TCP buffers");
        if (limits.MemoryHierarchy is false) throw Controller.OnlyOnV1("memory: a cgroup that does not count those below it");
        if (Swap(limits.MemorySwapBytes.Given(), limits.MemoryLimitBytes.Given()) is { } swap)
            yield return new(Name, "memory.swap.max", swap.TextOrMax()) { IsOptional = swap <= 0 }; // without swap there is nothing to forbid
        if (limits.MemoryLimitBytes.Given() is { } limit) yield return new(Name, "memory.max", limit.TextOrMax());
        if (limits.MemoryReservationBytes.Given() is { } soft) yield return new(Name, "memory.low", soft.TextOrMax());
    }

    /// <summary>Version 1 limits memory and swap together, version 2 swap alone.</summary>
    internal static long? Swap(long? both, long? memory) => (both, memory) switch
    {
        (null, -1) => -1,
        (null or -1, _) => both,
        (_, null or -1) => throw new IOException("memory: swap can not be limited without a limit of memory"),
        ({ } sum, { } limit) when sum < limit => throw new IOException($"memory: the limit of memory and swap, {sum}, is below that of memory, {limit}"),
        ({ } sum, { } limit) => sum - limit,
    };
}
