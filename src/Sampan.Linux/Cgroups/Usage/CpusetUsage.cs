namespace Sampan.Linux.Cgroups.Usage;

/// <summary>Processors and memory nodes that may be used, as lists such as <c>0-2,7</c>.</summary>
public sealed record CpusetUsage(string Cpus, string Mems)
{
    internal static CpusetUsage? Read(UsageFiles files) =>
        files.Text("cpuset", "cpuset.effective_cpus", "cpuset.cpus.effective") is not { } cpus ? null
        : new(cpus, files.Text("cpuset", "cpuset.effective_mems", "cpuset.mems.effective") ?? "");
}
