namespace Sampan.Linux.Cgroups.Controllers;

/// <summary>Tags and priorities of network packets: two controllers of version 1, without a successor.</summary>
internal static class NetworkController
{
    public static IEnumerable<CgroupSetting> Class(CgroupResources limits)
    {
        if (limits.NetworkClassId is > 0 and { } id) yield return new("net_cls", "net_cls.classid", ((ulong)id).Text());
    }

    public static IEnumerable<CgroupSetting> Priorities(CgroupResources limits)
    {
        foreach ((string link, uint priority) in limits.NetworkPriorities)
            yield return new("net_prio", "net_prio.ifpriomap", $"{link} {((ulong)priority).Text()}");
    }

    public static IEnumerable<CgroupSetting> ClassOnV2(CgroupResources limits) =>
        limits.NetworkClassId is > 0 ? throw Missing("network class", "net_cls") : [];

    public static IEnumerable<CgroupSetting> PrioritiesOnV2(CgroupResources limits) =>
        limits.NetworkPriorities.Count > 0 ? throw Missing("network priorities", "net_prio") : [];

    private static IOException Missing(string what, string controller) =>
        new($"{what}: this machine has no cgroup controller {controller} mounted, which is of version 1 only");
}
