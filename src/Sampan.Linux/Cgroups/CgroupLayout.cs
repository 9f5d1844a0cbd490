namespace Sampan.Linux.Cgroups;

/// <summary>Where this machine's cgroup hierarchies are mounted: v1 controllers, the v2 tree, or both (hybrid).</summary>
public sealed class CgroupLayout
{
    private static readonly string[] s_controllers = ["cpu", "cpuset", "memory", "devices", "freezer", "blkio", "pids"];
    private static CgroupLayout? s_current;

    private readonly Dictionary<string, string> _v1 = [];

    private CgroupLayout()
    {
    }

    /// <summary>Read once for each process.</summary>
    public static CgroupLayout Current => s_current ??= Parse(File.ReadAllText("/proc/self/mountinfo"));

    /// <summary>Mount point of the v2 tree, or null.</summary>
    public string? V2Root { get; private set; }

    /// <summary>Mount points of the v1 controllers by name.</summary>
    public IReadOnlyDictionary<string, string> V1Roots => _v1;

    /// <summary>False for a rootless user without delegation: no directory can be made.</summary>
    public bool IsWritable
    {
        get
        {
            string? root = V2Root;
            foreach (string mount in _v1.Values) root ??= mount;
            return root is not null && CgroupFiles.IsWritable(root);
        }
    }

    /// <summary>Whether any hierarchy has this cgroup, given from the hierarchies' roots.</summary>
    public bool Exists(string path) =>
        (V2Root is not null && Directory.Exists(V2Root + path)) || _v1.Values.Any(root => Directory.Exists(root + path));

    /// <summary>Reads proc_pid_mountinfo(5).</summary>
    internal static CgroupLayout Parse(string mountInfo)
    {
        CgroupLayout layout = new();
        foreach (string line in mountInfo.Split('\n'))
        {
            int separator = line.IndexOf(" - cgroup", StringComparison.Ordinal);
            if (separator < 0) continue;
            string point = line.Split(' ', 6)[4];
            string[] tail = line[(separator + 3)..].Split(' ');
            if (tail[0] == "cgroup2") layout.V2Root ??= point;
            else if (tail[0] == "cgroup" && tail.Length > 2) layout.AddV1(point, tail[2].Split(','));
        }

        return layout;
    }

    private void AddV1(string point, string[] options)
    {
        foreach (string option in options)
        {
            if (Array.IndexOf(s_controllers, option) >= 0) _v1.TryAdd(option, point);
        }
    }
}
