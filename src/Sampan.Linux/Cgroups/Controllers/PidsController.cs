namespace Sampan.Linux.Cgroups.Controllers;

/// <summary>How many tasks there may be. 0 is a limit: nothing may be forked.</summary>
internal static class PidsController
{
    public static IEnumerable<CgroupSetting> Both(CgroupResources limits)
    {
        if (limits.PidsLimit is { } limit) yield return new("pids", "pids.max", limit.TextOrMax());
    }
}
