using System.Globalization;

namespace Sampan.Linux.Cgroups;

/// <summary>Version 2 has values that depend on two limits: a change of one needs the other, which only the kernel still knows.</summary>
internal static class Completion
{
    /// <param name="read">The content of a file of the v2 directory, or null where there is none.</param>
    public static CgroupResources Complete(CgroupResources limits, Func<string, string?> read)
    {
        if (limits is { CpuPeriodUs: > 0, CpuQuotaUs: null or 0 } && Number(read("cpu.max")?.Split(' ')[0]) is { } quota)
            limits = limits with { CpuQuotaUs = quota };
        if (limits is { MemorySwapBytes: > 0, MemoryLimitBytes: null or 0 } && Number(read("memory.max")) is { } memory)
            limits = limits with { MemoryLimitBytes = memory };
        return limits;
    }

    private static long? Number(string? text) => long.TryParse(text, CultureInfo.InvariantCulture, out long value) ? value : null;
}
