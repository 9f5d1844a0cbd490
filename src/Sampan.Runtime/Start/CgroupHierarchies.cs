namespace Sampan.Runtime.Start;

/// <summary>Which cgroup hierarchies a container is shown.</summary>
internal static class CgroupHierarchies
{
    /// <summary>
    /// From <c>/proc/self/cgroup</c>, cgroups(7): the mount options of each version 1 hierarchy (<c>cpu,cpuacct</c>,
    /// <c>name=systemd</c>), and an empty string for a version 2 tree beside them. Nothing when there is only version 2.
    /// </summary>
    public static IReadOnlyList<string> Mounted()
    {
        List<string> hierarchies = [];
        foreach (string line in File.ReadLines("/proc/self/cgroup"))
        {
            string[] fields = line.Split(':', 3);
            if (fields.Length == 3) hierarchies.Add(fields[1]);
        }
        return hierarchies.All(name => name.Length == 0) ? [] : hierarchies;
    }
}
