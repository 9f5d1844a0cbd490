namespace Sampan.Linux.Cgroups.Controllers;

/// <summary>Which processors and memory nodes may be used.</summary>
internal static class CpusetController
{
    public static IEnumerable<CgroupSetting> Both(CgroupResources limits)
    {
        if (!string.IsNullOrEmpty(limits.CpusetCpus)) yield return new("cpuset", "cpuset.cpus", limits.CpusetCpus);
        if (!string.IsNullOrEmpty(limits.CpusetMems)) yield return new("cpuset", "cpuset.mems", limits.CpusetMems);
    }
}
