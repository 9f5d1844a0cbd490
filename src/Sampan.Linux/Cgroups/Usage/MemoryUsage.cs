namespace Sampan.Linux.Cgroups.Usage;

/// <summary>Memory in bytes.</summary>
/// <param name="CacheBytes">Of it, the page cache.</param>
/// <param name="Swap">Memory and swap together, also on version 2.</param>
/// <param name="Kernel">Version 1 only.</param>
/// <param name="KernelTcp">Version 1 only.</param>
public sealed record MemoryUsage(ulong CacheBytes, ResourceCounter Memory, ResourceCounter? Swap, ResourceCounter? Kernel, ResourceCounter? KernelTcp)
{
    public ulong UsageBytes => Memory.UsageBytes;

    /// <summary>Every line of <c>memory.stat</c>.</summary>
    public IReadOnlyDictionary<string, ulong> Raw { get; init; } = new Dictionary<string, ulong>();

    public Pressure? Pressure { get; init; }

    internal static MemoryUsage? Read(UsageFiles files)
    {
        KeyedNumbers raw = KeyedNumbers.Parse(files.Text("memory", "memory.stat", "memory.stat"));
        Pressure? pressure = Pressure.Parse(files.TextOfV2("memory.pressure"));
        if (V1(files, "memory") is { } memory)
        {
            return new MemoryUsage(raw["cache"], memory, V1(files, "memory.memsw"), V1(files, "memory.kmem"), V1(files, "memory.kmem.tcp"))
            {
                Raw = raw.All,
                Pressure = pressure,
            };
        }

        if (files.Number("memory", null, "memory.current") is not { } current) return null;
        ResourceCounter unified = new(
            current, files.Limit("memory.max"), files.Number("memory", null, "memory.peak") ?? 0, KeyedNumbers.Parse(files.TextOfV2("memory.events"))["max"]);
        return new MemoryUsage(raw["file"], unified, Both(files, unified), null, null) { Raw = raw.All, Pressure = pressure };
    }

    private static ResourceCounter? V1(UsageFiles files, string name) => files.Number("memory", $"{name}.usage_in_bytes", null) is not { } usage ? null : new(
        usage, files.Number("memory", $"{name}.limit_in_bytes", null) ?? 0, files.Number("memory", $"{name}.max_usage_in_bytes", null) ?? 0,
        files.Number("memory", $"{name}.failcnt", null) ?? 0);

    private static ResourceCounter? Both(UsageFiles files, ResourceCounter memory)
    {
        if (files.Number("memory", null, "memory.swap.current") is not { } swap) return null;
        ulong limit = files.Limit("memory.swap.max");
        ulong both = limit == ulong.MaxValue || memory.LimitBytes == ulong.MaxValue ? ulong.MaxValue : limit + memory.LimitBytes;
        return new ResourceCounter(swap + memory.UsageBytes, both, 0, KeyedNumbers.Parse(files.TextOfV2("memory.swap.events"))["max"]);
    }
}
