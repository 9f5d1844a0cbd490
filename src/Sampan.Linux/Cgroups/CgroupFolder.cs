using System.Globalization;
using Sampan.Linux.Errors;

namespace Sampan.Linux.Cgroups;

/// <summary>A cgroup's directory in one hierarchy.</summary>
internal sealed class CgroupFolder(CgroupHierarchy hierarchy, string path)
{
    private const int AttemptsMax = 100;
    private const int DeleteTimeoutMs = 2000;

    private readonly List<string> _made = [];

    public CgroupHierarchy Hierarchy => hierarchy;

    public string Directory { get; } = hierarchy.Root + path;

    /// <summary>Whether <see cref="Make"/> made it, so that nobody can be in it.</summary>
    public bool IsNew { get; private set; }

    public bool Exists => System.IO.Directory.Exists(Directory);

    /// <summary>Makes it with its parents, and has them pass on all controllers that they can.</summary>
    public void Make()
    {
        for (int attempt = 0; ; attempt++)
        {
            try
            {
                MakeParts();
                IsNew = _made.Contains(Directory);
                return;
            }
            catch (SyscallException e) when (e.Errno is Errno.ENOENT or Errno.ENODEV && attempt < AttemptsMax)
            {
                // the end of another container has just taken away the parent that it left empty
            }
        }
    }

    /// <summary>Removes what <see cref="Make"/> made, as far as nobody uses it.</summary>
    public void Undo()
    {
        for (int i = _made.Count - 1; i >= 0; i--) _ = CgroupFiles.Remove(_made[i]);
        _made.Clear();
    }

    public void Attach(int pid) => CgroupFiles.Write($"{Directory}/cgroup.procs", pid.ToString(CultureInfo.InvariantCulture));

    /// <summary>Process ids here and below, as this process's PID namespace numbers them.</summary>
    public List<int> Processes()
    {
        List<int> pids = [];
        if (!Exists) return pids;
        foreach (string one in Nested())
        {
            foreach (string line in CgroupFiles.ReadIfExists($"{one}/cgroup.procs")?.Split('\n', StringSplitOptions.RemoveEmptyEntries) ?? [])
                pids.Add(int.Parse(line, CultureInfo.InvariantCulture));
        }

        return pids;
    }

    /// <summary>Removes it with everything below, waiting for ending processes.</summary>
    /// <exception cref="SyscallException">EBUSY: processes still run in it.</exception>
    public void Delete()
    {
        if (CgroupFiles.Remove(Directory) is Errno.None or Errno.ENOENT) return;
        long deadline = Environment.TickCount64 + DeleteTimeoutMs;
        foreach (string one in Nested())
        {
            while (CgroupFiles.Remove(one) is var errno and not (Errno.None or Errno.ENOENT))
            {
                if (errno != Errno.EBUSY || Environment.TickCount64 > deadline) throw new SyscallException($"rmdir({one})", errno);
                Thread.Sleep(1);
            }
        }
    }

    /// <summary>One that has another cgroup or a process stays; whoever makes one in it at this moment makes it again.</summary>
    public void DeleteEmptyParent()
    {
        string parent = Path.GetDirectoryName(Directory)!;
        if (parent.Length > hierarchy.Root.Length) _ = CgroupFiles.Remove(parent);
    }

    /// <summary>This directory and all below it, the deepest first.</summary>
    private IEnumerable<string> Nested()
    {
        string[] below;
        try
        {
            below = System.IO.Directory.GetDirectories(Directory, "*", SearchOption.AllDirectories);
        }
        catch (DirectoryNotFoundException)
        {
            return [];
        }

        Array.Sort(below, static (a, b) => b.Length.CompareTo(a.Length));
        return below.Append(Directory);
    }

    private void MakeParts()
    {
        string folder = hierarchy.Root;
        foreach (string part in path.Split('/', StringSplitOptions.RemoveEmptyEntries))
        {
            if (hierarchy.IsV2) PassOn(folder);
            string parent = folder;
            folder = $"{folder}/{part}";
            if (CgroupFiles.Make(folder)) _made.Add(folder);
            // a new v1 cpuset is empty, and takes no process until it has processors and memory
            if (hierarchy.Controllers.Contains("cpuset")) Inherit(parent, folder);
        }
    }

    // A v2 controller works in a directory only when its parent passes it on. Those that are not asked for are tried all the same:
    // they count, and can limit later. Whether one that is asked for is there shows when its file is written.
    private static void PassOn(string folder)
    {
        string[] passed = Words($"{folder}/cgroup.subtree_control");
        string[] missing = Array.FindAll(Words($"{folder}/cgroup.controllers"), one => !passed.Contains(one));
        if (missing.Length == 0 || Try(missing)) return;
        foreach (string one in missing) Try([one]);

        bool Try(string[] controllers)
        {
            try
            {
                CgroupFiles.Write($"{folder}/cgroup.subtree_control", string.Join(' ', controllers.Select(static one => "+" + one)));
                return true;
            }
            catch (SyscallException e) when (e.Errno is not (Errno.ENOENT or Errno.ENODEV))
            {
                return false; // the folder has processes itself, or is somebody else's, or real-time tasks keep cpu away
            }
        }
    }

    private static string[] Words(string file) => CgroupFiles.ReadIfExists(file)?.Split(' ', StringSplitOptions.RemoveEmptyEntries) ?? [];

    private static void Inherit(string parent, string folder)
    {
        foreach (string file in (string[])["cpuset.cpus", "cpuset.mems"])
        {
            if (string.IsNullOrEmpty(CgroupFiles.ReadIfExists($"{folder}/{file}")))
                CgroupFiles.Write($"{folder}/{file}", CgroupFiles.ReadIfExists($"{parent}/{file}") ?? "");
        }
    }
}
