using System.Text.Json;
using Sampan.Linux.Cgroups.Usage;

namespace Sampan.Oci.Commands;

/// <summary>What a container uses, with the members that readers of <c>runc events</c> know.</summary>
internal static class StatsJson
{
    public static void Write(Utf8JsonWriter json, CgroupStats stats)
    {
        if (stats.Cpu is { } cpu) Cpu(json, cpu);
        if (stats.Cpuset is { } cpuset)
        {
            json.WriteStartObject("cpuset");
            Processors(json, "cpus", cpuset.Cpus);
            Processors(json, "mems", cpuset.Mems);
            json.WriteEndObject();
        }

        if (stats.Memory is { } memory) Memory(json, memory);
        if (stats.Pids is { } pids)
        {
            json.WriteStartObject("pids");
            json.WriteNumber("current", pids.Current);
            if (pids.Limit != ulong.MaxValue) json.WriteNumber("limit", pids.Limit);
            json.WriteEndObject();
        }

        if (stats.BlockIo is { } block)
        {
            json.WriteStartObject("blkio");
            Entries(json, "ioServiceBytesRecursive", block.Bytes);
            Entries(json, "ioServicedRecursive", block.Operations);
            Pressure(json, block.Pressure);
            json.WriteEndObject();
        }

        json.WriteStartObject("hugetlb");
        foreach ((string size, ResourceCounter counter) in stats.HugePages) HugePages(json, size, counter);
        foreach ((string size, ResourceCounter counter) in stats.ReservedHugePages) HugePages(json, size + ".rsvd", counter);
        json.WriteEndObject();
    }

    private static void Cpu(Utf8JsonWriter json, CpuUsage cpu)
    {
        json.WriteStartObject("cpu");
        json.WriteStartObject("usage");
        json.WriteNumber("total", cpu.TotalNs);
        Numbers(json, "percpu", cpu.PerCpuNs);
        Numbers(json, "percpu_kernel", cpu.PerCpuKernelNs);
        Numbers(json, "percpu_user", cpu.PerCpuUserNs);
        json.WriteNumber("kernel", cpu.KernelNs);
        json.WriteNumber("user", cpu.UserNs);
        json.WriteEndObject();
        json.WriteStartObject("throttling");
        json.WriteNumber("periods", cpu.Periods);
        json.WriteNumber("throttledPeriods", cpu.ThrottledPeriods);
        json.WriteNumber("throttledTime", cpu.ThrottledNs);
        json.WriteEndObject();
        Pressure(json, cpu.Pressure);
        json.WriteEndObject();
    }

    private static void Memory(Utf8JsonWriter json, MemoryUsage memory)
    {
        json.WriteStartObject("memory");
        json.WriteNumber("cache", memory.CacheBytes);
        Counter(json, "usage", memory.Memory);
        Counter(json, "swap", memory.Swap);
        Counter(json, "kernel", memory.Kernel);
        Counter(json, "kernelTCP", memory.KernelTcp);
        json.WriteStartObject("raw");
        foreach ((string name, ulong value) in memory.Raw) json.WriteNumber(name, value);
        json.WriteEndObject();
        Pressure(json, memory.Pressure);
        json.WriteEndObject();
    }

    private static void Counter(Utf8JsonWriter json, string name, ResourceCounter? counter)
    {
        json.WriteStartObject(name);
        json.WriteNumber("limit", counter?.LimitBytes ?? 0);
        json.WriteNumber("usage", counter?.UsageBytes ?? 0);
        json.WriteNumber("max", counter?.MaxUsageBytes ?? 0);
        json.WriteNumber("failcnt", counter?.FailCount ?? 0);
        json.WriteEndObject();
    }

    private static void HugePages(Utf8JsonWriter json, string size, ResourceCounter counter)
    {
        json.WriteStartObject(size);
        json.WriteNumber("usage", counter.UsageBytes);
        json.WriteNumber("max", counter.MaxUsageBytes);
        json.WriteNumber("failcnt", counter.FailCount);
        json.WriteEndObject();
    }

    private static void Entries(Utf8JsonWriter json, string name, IReadOnlyList<BlockIoEntry> entries)
    {
        if (entries.Count == 0) return;
        json.WriteStartArray(name);
        foreach (BlockIoEntry entry in entries)
        {
            json.WriteStartObject();
            json.WriteNumber("major", entry.Major);
            json.WriteNumber("minor", entry.Minor);
            json.WriteString("op", entry.Operation);
            json.WriteNumber("value", entry.Value);
            json.WriteEndObject();
        }

        json.WriteEndArray();
    }

    private static void Pressure(Utf8JsonWriter json, Pressure? pressure)
    {
        if (pressure is null) return;
        json.WriteStartObject("psi");
        Line("some", pressure.Some);
        Line("full", pressure.Full);
        json.WriteEndObject();

        void Line(string name, PressureLine line)
        {
            json.WriteStartObject(name);
            json.WriteNumber("avg10", line.Average10);
            json.WriteNumber("avg60", line.Average60);
            json.WriteNumber("avg300", line.Average300);
            json.WriteNumber("total", line.TotalUs);
            json.WriteEndObject();
        }
    }

    private static void Numbers(Utf8JsonWriter json, string name, IReadOnlyList<ulong> values)
    {
        if (values.Count == 0) return;
        json.WriteStartArray(name);
        foreach (ulong value in values) json.WriteNumberValue(value);
        json.WriteEndArray();
    }

    /// <summary><c>0-2,7</c> as an array of numbers.</summary>
    private static void Processors(Utf8JsonWriter json, string name, string list)
    {
        json.WriteStartArray(name);
        foreach (string part in list.Split(',', StringSplitOptions.RemoveEmptyEntries))
        {
            string[] ends = part.Split('-');
            if (!uint.TryParse(ends[0], out uint first) || !uint.TryParse(ends[^1], out uint last)) continue;
            for (uint number = first; number <= last; number++) json.WriteNumberValue(number);
        }

        json.WriteEndArray();
    }
}
