namespace Sampan.Linux.Cgroups.Controllers;

/// <summary>What the limits mean for the files of one controller, as version 1 and as version 2.</summary>
/// <param name="Name">As version 1 calls it.</param>
internal sealed record Controller(
    string Name, Func<CgroupResources, IEnumerable<CgroupSetting>> V1, Func<CgroupResources, IEnumerable<CgroupSetting>> V2)
{
    public static IReadOnlyList<Controller> All { get; } =
    [
        new("memory", MemoryController.V1, MemoryController.V2),
        new("cpuset", CpusetController.Both, CpusetController.Both),
        new("cpu", CpuController.V1, CpuController.V2),
        new("pids", PidsController.Both, PidsController.Both),
        new("blkio", BlockIoController.V1, BlockIoController.V2),
        new("hugetlb", HugePagesController.V1, HugePagesController.V2),
        new("net_cls", NetworkController.Class, NetworkController.ClassOnV2),
        new("net_prio", NetworkController.Priorities, NetworkController.PrioritiesOnV2),
        new("rdma", RdmaController.Both, RdmaController.Both),
    ];

    /// <summary>Everything that has to be written on this machine, in order.</summary>
    /// <exception cref="IOException">A limit that this machine's version of the controller does not have.</exception>
    public static List<CgroupSetting> Settings(CgroupLayout layout, CgroupResources limits)
    {
        List<CgroupSetting> settings = [];
        foreach (Controller one in All) settings.AddRange(layout.IsOnV1(one.Name) ? one.V1(limits) : one.V2(limits));
        settings.AddRange(UnifiedSettings.Of(layout, limits));
        return settings;
    }

    internal static IOException OnlyOnV1(string what) => new($"{what}: cgroup version 2 does not have it");
}
