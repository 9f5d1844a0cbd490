namespace Sampan.Linux.Cgroups.Usage;

/// <summary>Processor time in nanoseconds, and how often a quota held tasks back.</summary>
public sealed record CpuUsage(ulong TotalNs, ulong UserNs, ulong KernelNs)
{
    /// <summary>By processor, cgroup v1 only.</summary>
    public IReadOnlyList<ulong> PerCpuNs { get; init; } = [];

    public IReadOnlyList<ulong> PerCpuUserNs { get; init; } = [];

    public IReadOnlyList<ulong> PerCpuKernelNs { get; init; } = [];

    public ulong Periods { get; init; }

    public ulong ThrottledPeriods { get; init; }

    public ulong ThrottledNs { get; init; }

    public Pressure? Pressure { get; init; }

    internal static CpuUsage? Read(UsageFiles files)
    {
        KeyedNumbers quota = KeyedNumbers.Parse(files.Text("cpu", "cpu.stat", "cpu.stat"));
        Pressure? pressure = Pressure.Parse(files.TextOfV2("cpu.pressure"));
        if (files.Number("cpuacct", "cpuacct.usage", null) is { } total)
        {
            // usage_all: "cpu user system", one line of heads and one for each processor
            ulong[][] all = [.. (files.Text("cpuacct", "cpuacct.usage_all", null) ?? "").Split('\n').Skip(1)
                .Select(static line => line.Split(' ').Select(KeyedNumbers.Number).ToArray()).Where(static line => line.Length == 3)];
            return new CpuUsage(total, files.Number("cpuacct", "cpuacct.usage_user", null) ?? 0, files.Number("cpuacct", "cpuacct.usage_sys", null) ?? 0)
            {
                PerCpuNs = [.. (files.Text("cpuacct", "cpuacct.usage_percpu", null) ?? "").Split(' ', StringSplitOptions.RemoveEmptyEntries).Select(KeyedNumbers.Number)],
                PerCpuUserNs = [.. all.Select(static line => line[1])],
                PerCpuKernelNs = [.. all.Select(static line => line[2])],
                Periods = quota["nr_periods"],
                ThrottledPeriods = quota["nr_throttled"],
                ThrottledNs = quota["throttled_time"],
                Pressure = pressure,
            };
        }

        KeyedNumbers times = KeyedNumbers.Parse(files.TextOfV2("cpu.stat"));
        return times.IsEmpty ? null : new CpuUsage(times["usage_usec"] * 1000, times["user_usec"] * 1000, times["system_usec"] * 1000)
        {
            Periods = times["nr_periods"],
            ThrottledPeriods = times["nr_throttled"],
            ThrottledNs = times["throttled_usec"] * 1000,
            Pressure = pressure,
        };
    }
}
