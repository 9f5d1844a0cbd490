using System.Globalization;
using System.Runtime.InteropServices;
using Sampan.Linux.Errors;
using Sampan.Linux.Files;

namespace Sampan.Linux.Cgroups;

/// <summary>
/// One cgroup: a directory in the v2 tree where there is one, and in those v1 hierarchies whose limits are asked for.
/// On hybrid machines v2 still gives clone-into-cgroup, freezing and killing, so the v1 freezer is then not used.
/// </summary>
public sealed partial class Cgroup : IDisposable
{
    private const int DeleteTimeoutMs = 2000;

    private readonly string _path;
    private readonly string? _v2;
    private readonly Dictionary<string, string> _v1 = [];
    private Fd? _v2Directory;

    private Cgroup(string path)
    {
        if (!path.StartsWith('/') || path.Length < 2 || path.Split('/').Contains(".."))
            throw new ArgumentException($"cgroup path \"{path}\" must be absolute, not the root, and without ..");
        _path = path.TrimEnd('/');
        if (CgroupLayout.Current.V2Root is { } root) _v2 = root + _path;
    }

    /// <summary>The v2 directory for CLONE_INTO_CGROUP, clone3 in clone(2); null on pure v1.</summary>
    public Fd? V2Directory => _v2 is null ? null
        : _v2Directory ??= Paths.Open(_v2, OpenFlags.ReadOnly | OpenFlags.Directory);

    /// <summary>Makes <paramref name="path"/> (from the mounted hierarchies' roots) with these limits, or nothing at all.</summary>
    /// <exception cref="IOException">A limit's controller is missing, or the kernel refuses.</exception>
    public static Cgroup Create(string path, CgroupResources resources)
    {
        Cgroup cgroup = new(path);
        try
        {
            cgroup.Make(resources);
            cgroup.Update(resources);
            return cgroup;
        }
        catch
        {
            cgroup.Delete();
            throw;
        }
    }

    /// <summary>A cgroup that exists; deleted parts are simply not there.</summary>
    public static Cgroup Open(string path)
    {
        Cgroup cgroup = new(path);
        foreach ((string controller, string root) in CgroupLayout.Current.V1Roots)
        {
            if (Directory.Exists(root + cgroup._path)) cgroup._v1[controller] = root + cgroup._path;
        }

        return cgroup;
    }

    /// <summary>
    /// The <c>tasks</c> files of its v1 directories, open for a child that is born in <see cref="V2Directory"/> and writes "0",
    /// itself, to each. That is the one way in for which the kernel need not stop every fork and exit on the machine
    /// (docs/decisions/011-cgroups.md).
    /// </summary>
    public IReadOnlyList<CgroupTasks> OpenTasks()
    {
        List<CgroupTasks> tasks = [];
        foreach (string folder in _v1.Values.Distinct())
            tasks.Add(new CgroupTasks($"{folder}/tasks", Paths.Open($"{folder}/tasks", OpenFlags.WriteOnly)));
        return tasks;
    }

    /// <summary>Moves a running process in; its later children start there.</summary>
    public void Add(int pid)
    {
        string text = pid.ToString(CultureInfo.InvariantCulture);
        foreach (string folder in Folders()) CgroupFiles.Write($"{folder}/cgroup.procs", text);
    }

    /// <summary>Changes the limits that are not null.</summary>
    public void Update(CgroupResources resources)
    {
        foreach (CgroupSetting setting in CgroupSetting.V1(resources))
        {
            if (_v1.TryGetValue(setting.Controller, out string? folder)) Apply($"{folder}/{setting.File}", setting.Value);
            else if (CgroupLayout.Current.V1Roots.ContainsKey(setting.Controller))
                throw new IOException($"cgroup {_path}: was made without the controller {setting.Controller}, it can not be limited later");
        }

        foreach (CgroupSetting setting in CgroupSetting.V2(resources))
        {
            if (!OnV1(setting.Controller)) Apply($"{_v2}/{setting.File}", setting.Value);
        }
    }

    /// <summary>Stops all processes until <see cref="Thaw"/>; returns when they stand.</summary>
    public void Freeze() => SetFrozen(true);

    public void Thaw() => SetFrozen(false);

    /// <summary>SIGKILL to every process here and below. They may take a moment to end.</summary>
    public void KillAll()
    {
        if (_v2 is not null && File.Exists($"{_v2}/cgroup.kill"))
        {
            CgroupFiles.Write($"{_v2}/cgroup.kill", "1");
            return;
        }

        // frozen, so that nothing can fork away between the list and the signals
        bool canFreeze = _v1.ContainsKey("freezer") || _v2 is not null;
        if (canFreeze && Folders().Any(Directory.Exists)) Freeze();
        foreach (int pid in Processes()) _ = kill(pid, 9);
        if (canFreeze && Folders().Any(Directory.Exists)) Thaw();
    }

    /// <summary>Process ids here and below, as this process's PID namespace numbers them.</summary>
    public IReadOnlyList<int> Processes()
    {
        string? folder = Folders().FirstOrDefault(Directory.Exists);
        List<int> pids = [];
        if (folder is null) return pids;
        foreach (string one in Directory.EnumerateDirectories(folder, "*", SearchOption.AllDirectories).Prepend(folder))
        {
            foreach (string line in File.ReadLines($"{one}/cgroup.procs")) pids.Add(int.Parse(line, CultureInfo.InvariantCulture));
        }

        return pids;
    }

    public CgroupStats Stats() => new(
        Read("memory", "memory.usage_in_bytes", "memory.current", null),
        Read("pids", "pids.current", "pids.current", null),
        Read("cpuacct", "cpuacct.usage", "cpu.stat", "usage_usec ") is { } microseconds ? microseconds * 1000 : null);

    /// <summary>Removes it with everything below, waiting up to 2 s for ending processes. Nothing there is fine.</summary>
    /// <exception cref="SyscallException">EBUSY: processes still run in it.</exception>
    public void Delete()
    {
        _v2Directory?.Dispose();
        _v2Directory = null;
        long deadline = Environment.TickCount64 + DeleteTimeoutMs;
        foreach (string folder in Folders())
        {
            if (!Directory.Exists(folder)) continue;
            string[] nested = Directory.GetDirectories(folder, "*", SearchOption.AllDirectories);
            Array.Sort(nested, (a, b) => b.Length.CompareTo(a.Length));
            foreach (string one in nested.Append(folder)) Remove(one, deadline);
        }
    }

    public void Dispose() => _v2Directory?.Dispose();

    private void Make(CgroupResources resources)
    {
        foreach (CgroupSetting setting in CgroupSetting.V1(resources))
        {
            if (!CgroupLayout.Current.V1Roots.TryGetValue(setting.Controller, out string? root) || _v1.ContainsKey(setting.Controller)) continue;
            MakeBelow(root, setting.Controller == "cpuset", []);
            _v1[setting.Controller] = root + _path;
        }

        if (resources.Devices.Count > 0 && !OnV1("devices"))
            throw new IOException($"cgroup {_path}: device rules need the v1 devices controller, which this machine has not mounted");
        List<string> controllers = [];
        foreach (CgroupSetting setting in CgroupSetting.V2(resources))
        {
            if (!OnV1(setting.Controller) && !controllers.Contains(setting.Controller)) controllers.Add(setting.Controller);
        }

        if (_v2 is not null) MakeBelow(CgroupLayout.Current.V2Root!, false, controllers);
        else if (controllers.Count > 0) throw new IOException($"cgroup {_path}: this machine has no cgroup controller {controllers[0]}");
        else if (CgroupLayout.Current.V1Roots.TryGetValue("freezer", out string? freezer))
        {
            MakeBelow(freezer, false, []);
            _v1["freezer"] = freezer + _path;
        }
    }

    private void MakeBelow(string root, bool cpuset, List<string> controllers)
    {
        string folder = root;
        foreach (string part in _path.Split('/', StringSplitOptions.RemoveEmptyEntries))
        {
            // a v2 controller works in a directory only when its parent passes it on
            foreach (string controller in controllers) Apply($"{folder}/cgroup.subtree_control", "+" + controller);
            string parent = folder;
            folder = $"{folder}/{part}";
            CgroupFiles.Make(folder);
            // a new v1 cpuset is empty, and takes no process until it has processors and memory
            if (cpuset) Inherit(parent, folder);
        }
    }

    private static void Inherit(string parent, string folder)
    {
        foreach (string file in (string[])["cpuset.cpus", "cpuset.mems"])
        {
            if (string.IsNullOrWhiteSpace(File.ReadAllText($"{folder}/{file}")))
                CgroupFiles.Write($"{folder}/{file}", File.ReadAllText($"{parent}/{file}").Trim());
        }
    }

    private void Apply(string file, string value)
    {
        try
        {
            CgroupFiles.Write(file, value);
        }
        catch (SyscallException e)
        {
            throw new IOException($"cgroup {_path}: {e.Message}", e);
        }
    }

    private void SetFrozen(bool frozen)
    {
        if (_v2 is null)
        {
            if (!_v1.TryGetValue("freezer", out string? folder)) throw new IOException($"cgroup {_path}: no freezer controller");
            Apply($"{folder}/freezer.state", frozen ? "FROZEN" : "THAWED");
            WaitFor($"{folder}/freezer.state", frozen ? "FROZEN" : "THAWED");
            return;
        }

        Apply($"{_v2}/cgroup.freeze", frozen ? "1" : "0");
        WaitFor($"{_v2}/cgroup.events", frozen ? "frozen 1" : "frozen 0");
    }

    private void WaitFor(string file, string text)
    {
        long deadline = Environment.TickCount64 + DeleteTimeoutMs;
        while (!File.ReadAllText(file).Contains(text, StringComparison.Ordinal))
        {
            if (Environment.TickCount64 > deadline) throw new IOException($"cgroup {_path}: {file} does not become \"{text}\"");
            Thread.Sleep(1);
        }
    }

    private long? Read(string controller, string v1File, string v2File, string? key)
    {
        string? file = _v1.TryGetValue(controller, out string? folder) ? $"{folder}/{v1File}" : _v2 is null ? null : $"{_v2}/{v2File}";
        if (file is null || !File.Exists(file)) return null;
        string text = File.ReadAllText(file);
        if (key is not null && text.StartsWith(key, StringComparison.Ordinal)) text = text[key.Length..text.IndexOf('\n', StringComparison.Ordinal)];
        return long.TryParse(text.AsSpan().Trim(), CultureInfo.InvariantCulture, out long value) ? value : null;
    }

    private static void Remove(string folder, long deadline)
    {
        while (CgroupFiles.Remove(folder) is var errno and not (Errno.None or Errno.ENOENT))
        {
            if (errno != Errno.EBUSY || Environment.TickCount64 > deadline) throw new SyscallException($"rmdir({folder})", errno);
            Thread.Sleep(1);
        }
    }

    private static bool OnV1(string controller) => CgroupLayout.Current.V1Roots.ContainsKey(controller == "io" ? "blkio" : controller);

    private IEnumerable<string> Folders() => _v2 is null ? _v1.Values.Distinct() : _v1.Values.Distinct().Append(_v2);

    [LibraryImport("libc", SetLastError = true)]
    private static partial int kill(int pid, int signal);
}
