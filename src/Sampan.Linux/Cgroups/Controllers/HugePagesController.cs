namespace Sampan.Linux.Cgroups.Controllers;

/// <summary>Huge pages: what may be faulted in and, where the kernel counts it, what may be reserved.</summary>
internal static class HugePagesController
{
    public static IEnumerable<CgroupSetting> V1(CgroupResources limits) => Settings(limits, "limit_in_bytes");

    public static IEnumerable<CgroupSetting> V2(CgroupResources limits) => Settings(limits, "max");

    private static IEnumerable<CgroupSetting> Settings(CgroupResources limits, string file)
    {
        foreach ((string size, ulong bytes) in limits.HugePageLimits)
        {
            yield return new("hugetlb", $"hugetlb.{size}.{file}", bytes.Text());
            yield return new("hugetlb", $"hugetlb.{size}.rsvd.{file}", bytes.Text()) { IsOptional = true };
        }
    }
}
