namespace Sampan.Runtime.Start;

/// <summary>Where the host shows its whole procfs and sysfs.</summary>
internal static class KernelMounts
{
    /// <summary>Mount points of them that are not below a directory, innermost first; from proc_pid_mountinfo(5).</summary>
    public static IReadOnlyList<string> OutsideOf(string directory)
    {
        List<string> points = [];
        foreach (string line in File.ReadLines("/proc/self/mountinfo"))
        {
            int separator = line.IndexOf(" - ", StringComparison.Ordinal);
            string[] fields = line.Split(' ', 6);
            if (separator < 0 || fields[3] != "/" || line[(separator + 3)..].Split(' ')[0] is not ("proc" or "sysfs")) continue;
            if (!fields[4].StartsWith(directory.TrimEnd('/') + "/", StringComparison.Ordinal)) points.Add(fields[4]);
        }
        points.Reverse();
        return points;
    }
}
