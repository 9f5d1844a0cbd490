using Sampan.Linux.Files;

namespace Sampan.Linux.Cgroups;

/// <summary>Where this machine's cgroup hierarchies are mounted: v1 controllers, the v2 tree, or both (hybrid).</summary>
public sealed class CgroupLayout
{
    private static readonly string[] s_controllers =
    [
        "cpu", "cpuacct", "cpuset", "memory", "devices", "freezer", "blkio", "pids", "hugetlb", "net_cls", "net_prio", "perf_event", "rdma", "misc",
    ];

    private static CgroupLayout? s_current;

    private readonly Dictionary<string, string> _v1 = [];
    private readonly List<CgroupHierarchy> _hierarchies = [];
    private readonly string _ownCgroups;
    private string[]? _v2Controllers;

    private CgroupLayout(string ownCgroups) => _ownCgroups = ownCgroups;

    /// <summary>Read once for each process.</summary>
    public static CgroupLayout Current => s_current ??= Parse(SmallFile.ReadText("/proc/self/mountinfo"), SmallFile.ReadText("/proc/self/cgroup"));

    /// <summary>Mount point of the v2 tree, or null.</summary>
    public string? V2Root { get; private set; }

    /// <summary>Mount points of the v1 controllers by name.</summary>
    public IReadOnlyDictionary<string, string> V1Roots => _v1;

    /// <summary>Every tree once, in the order of the mounts.</summary>
    public IReadOnlyList<CgroupHierarchy> Hierarchies => _hierarchies;

    /// <summary>
    /// The directory, from the hierarchies' roots, in which cgroups without an absolute path are made. It is the parent of the
    /// caller's own cgroup, because on v2 a cgroup that has processes can not pass controllers on; the same in all hierarchies.
    /// </summary>
    public string Base
    {
        get
        {
            string own = OwnCgroup();
            return own.LastIndexOf('/') is > 0 and int end ? own[..end] : "";
        }
    }

    /// <summary>False for a rootless user without delegation: no directory can be made below <see cref="Base"/>.</summary>
    public bool IsWritable => _hierarchies.Find(one => one.IsV2) is { } unified ? CgroupFiles.IsWritable(unified.Root + Base)
        : _hierarchies.Count > 0 && CgroupFiles.IsWritable(_hierarchies[0].Root + Base);

    /// <summary>Whether any hierarchy has this cgroup, given from the hierarchies' roots.</summary>
    public bool Exists(string path) => _hierarchies.Exists(one => Directory.Exists(one.Root + path));

    /// <summary>What the v2 tree has of controllers, as v2 names them (<c>io</c>).</summary>
    internal IReadOnlyList<string> V2Controllers => _v2Controllers ??=
        V2Root is null ? [] : CgroupFiles.ReadIfExists($"{V2Root}/cgroup.controllers")?.Split(' ', StringSplitOptions.RemoveEmptyEntries) ?? [];

    /// <param name="controller">By its name of either version.</param>
    internal bool IsOnV1(string controller) => _v1.ContainsKey(controller == "io" ? "blkio" : controller);

    /// <summary>Reads proc_pid_mountinfo(5) and /proc/PID/cgroup, cgroups(7).</summary>
    internal static CgroupLayout Parse(string mountInfo, string ownCgroups)
    {
        CgroupLayout layout = new(ownCgroups);
        foreach (string line in mountInfo.Split('\n'))
        {
            int separator = line.IndexOf(" - cgroup", StringComparison.Ordinal);
            if (separator < 0) continue;
            string point = line.Split(' ', 6)[4];
            string[] tail = line[(separator + 3)..].Split(' ');
            if (tail[0] == "cgroup2") layout.AddV2(point);
            else if (tail[0] == "cgroup" && tail.Length > 2) layout.AddV1(point, tail[2].Split(','));
        }

        return layout;
    }

    private void AddV2(string point)
    {
        if (V2Root is not null) return;
        V2Root = point;
        _hierarchies.Add(new CgroupHierarchy(point, ""));
    }

    private void AddV1(string point, string[] options)
    {
        string[] known = Array.FindAll(options, one => Array.IndexOf(s_controllers, one) >= 0 || one.StartsWith("name=", StringComparison.Ordinal));
        if (known.Length == 0 || _v1.ContainsKey(known[0])) return;
        foreach (string one in known) _v1.TryAdd(one, point);
        _hierarchies.Add(new CgroupHierarchy(point, string.Join(',', known)));
    }

    private string OwnCgroup()
    {
        // v2 where it is mounted; else the tree by which systemd knows its units, or any
        string[] lines = _ownCgroups.Split('\n', StringSplitOptions.RemoveEmptyEntries);
        string? line = V2Root is not null ? Array.Find(lines, one => one.StartsWith("0::", StringComparison.Ordinal))
            : Array.Find(lines, one => one.Contains(":name=systemd:", StringComparison.Ordinal))
            ?? Array.Find(lines, one => _hierarchies.Exists(tree => one.Split(':', 3) is [_, var name, _] && name == tree.Options));
        string path = line?.Split(':', 3)[2] ?? "/";
        // outside of what this process's cgroup namespace shows
        return path.StartsWith("/..", StringComparison.Ordinal) ? "/" : path;
    }
}
