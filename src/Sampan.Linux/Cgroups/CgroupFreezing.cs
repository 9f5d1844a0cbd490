namespace Sampan.Linux.Cgroups;

/// <summary>Whether the processes of a cgroup are stopped; cheap enough to be asked for each of many containers.</summary>
public static class CgroupFreezing
{
    /// <param name="path">From the hierarchies' roots, for example <c>/sampan/web</c>. One that is not there is not frozen.</param>
    public static bool IsFrozen(string path)
    {
        if (CgroupLayout.Current.V2Root is { } v2 && Read($"{v2}{path}/cgroup.freeze") is { } freeze) return freeze.StartsWith('1');
        return CgroupLayout.Current.V1Roots.TryGetValue("freezer", out string? v1)
            && Read($"{v1}{path}/freezer.state") is { } state && !state.StartsWith("THAWED", StringComparison.Ordinal);
    }

    private static string? Read(string file)
    {
        try
        {
            return File.ReadAllText(file);
        }
        catch (IOException)
        {
            return null; // not there, or removed during the read
        }
    }
}
