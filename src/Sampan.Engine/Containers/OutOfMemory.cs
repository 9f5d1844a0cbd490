using System.Globalization;
using Sampan.Linux.Cgroups;

namespace Sampan.Engine.Containers;

/// <summary>Whether the kernel killed something of a container because its memory limit was reached.</summary>
internal static class OutOfMemory
{
    private const string Counter = "oom_kill ";

    /// <param name="cgroupPath">From the roots of the mounted hierarchies; the cgroup must still be there.</param>
    public static bool Happened(string cgroupPath)
    {
        CgroupLayout layout = CgroupLayout.Current;
        string? file = layout.V1Roots.TryGetValue("memory", out string? root) ? $"{root}{cgroupPath}/memory.oom_control"
            : layout.V2Root is { } unified ? $"{unified}{cgroupPath}/memory.events" : null;
        // without a limit there is no cgroup of the memory controller
        return file is not null && File.Exists(file) && Count(File.ReadAllLines(file)) > 0;
    }

    /// <summary>cgroup v1 memory.oom_control and v2 memory.events both have a line <c>oom_kill N</c>.</summary>
    internal static long Count(string[] lines)
    {
        foreach (string line in lines)
        {
            if (line.StartsWith(Counter, StringComparison.Ordinal)
                && long.TryParse(line.AsSpan(Counter.Length), NumberStyles.None, CultureInfo.InvariantCulture, out long count)) return count;
        }

        return 0;
    }
}
