namespace Sampan.Linux.Cgroups.Controllers;

/// <summary>Handles and objects of RDMA devices.</summary>
internal static class RdmaController
{
    public static IEnumerable<CgroupSetting> Both(CgroupResources limits)
    {
        foreach ((string device, RdmaLimit limit) in limits.RdmaLimits)
            yield return new("rdma", "rdma.max", $"{device} hca_handle={Text(limit.Handles)} hca_object={Text(limit.Objects)}");
    }

    private static string Text(uint? value) => value is { } number ? ((ulong)number).Text() : "max";
}
