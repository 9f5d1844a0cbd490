namespace Sampan.Linux.Cgroups.Controllers;

/// <summary>How many tasks there may be. 0 is a limit too, but the first process must be born: it is the 1 that may not fork.</summary>
internal static class PidsController
{
    public static IEnumerable<CgroupSetting> Both(CgroupResources limits)
    {
        if (limits.PidsLimit is { } limit) yield return new("pids", "pids.max", limit == 0 ? "1" : limit.TextOrMax());
    }
}
