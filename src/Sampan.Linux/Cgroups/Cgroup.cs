using System.Globalization;
using System.Runtime.InteropServices;
using Sampan.Linux.Cgroups.Controllers;
using Sampan.Linux.Cgroups.Devices;
using Sampan.Linux.Cgroups.Usage;
using Sampan.Linux.Errors;
using Sampan.Linux.Files;
using Sampan.Linux.Namespaces;

namespace Sampan.Linux.Cgroups;

/// <summary>
/// One cgroup: a directory of the same path in every hierarchy that is mounted, version 1 or 2. On hybrid machines v2 freezes
/// and kills, so the v1 freezer is then not used.
/// </summary>
public sealed partial class Cgroup : IDisposable
{
    private const int TimeoutMs = 2000;

    private readonly CgroupLayout _layout = CgroupLayout.Current;
    private readonly List<CgroupFolder> _folders = [];
    private readonly CgroupFolder? _v2;
    private IOException? _refused;
    private Fd? _v2Directory;

    private Cgroup(string path)
    {
        Path = Resolve(path);
        foreach (CgroupHierarchy one in _layout.Hierarchies) _folders.Add(new CgroupFolder(one, Path));
        _v2 = _folders.Find(one => one.Hierarchy.IsV2);
    }

    /// <summary>Absolute, from the roots of the mounted hierarchies.</summary>
    public string Path { get; }

    /// <summary>The v2 directory for CLONE_INTO_CGROUP, clone3 in clone(2); null on pure v1.</summary>
    public Fd? V2Directory => _v2 is null ? null
        : _v2Directory ??= Paths.Open(_v2.Directory, OpenFlags.ReadOnly | OpenFlags.Directory);

    /// <summary>Makes a cgroup with these limits, or nothing at all.</summary>
    /// <param name="path">From the mounted hierarchies' roots, or relative to <see cref="CgroupLayout.Base"/>.</param>
    /// <exception cref="IOException">It has processes, a limit's controller is missing, or the kernel refuses.</exception>
    public static Cgroup Create(string path, CgroupResources resources)
    {
        Cgroup cgroup = new(path);
        List<CgroupSetting> settings = cgroup.Settings(resources);
        try
        {
            foreach (CgroupFolder folder in cgroup._folders) cgroup.TryMake(folder);
            if (!cgroup._folders.Exists(static one => one.Exists)) throw cgroup._refused ?? new IOException("no cgroup hierarchy is mounted");
            cgroup.ExpectUnused();
            cgroup.Apply(settings, resources);
            return cgroup;
        }
        catch (Exception e)
        {
            foreach (CgroupFolder folder in cgroup._folders) folder.Undo();
            if (e is SyscallException) throw new IOException($"cgroup {cgroup.Path}: {e.Message}", e);
            throw;
        }
    }

    /// <summary>A path as <see cref="Create"/> takes it, as an absolute one, which means the same to every process.</summary>
    /// <exception cref="IOException">It is the root, or has <c>..</c> in it.</exception>
    public static string Resolve(string path) => Resolve(path, CgroupLayout.Current);

    /// <summary>A cgroup that exists; deleted parts are simply not there.</summary>
    public static Cgroup Open(string path) => new(path);

    /// <summary>
    /// The <c>tasks</c> files of its v1 directories, open for a child that is born in <see cref="V2Directory"/> and writes "0",
    /// itself, to each. That is the one way in for which the kernel need not stop every fork and exit on the machine
    /// (docs/decisions/011-cgroups.md).
    /// </summary>
    public IReadOnlyList<CgroupTasks> OpenTasks()
    {
        List<CgroupTasks> tasks = [];
        foreach (CgroupFolder folder in _folders)
        {
            string file = $"{folder.Directory}/tasks";
            if (!folder.Hierarchy.IsV2 && folder.Exists) tasks.Add(new CgroupTasks(file, Paths.Open(file, OpenFlags.WriteOnly)));
        }

        return tasks;
    }

    /// <summary>Moves a running process in; its later children start there.</summary>
    public void Add(int pid)
    {
        foreach (CgroupFolder folder in _folders)
            if (folder.Exists) folder.Attach(pid);
    }

    /// <summary>Changes the limits that are given, at once or not at all; device rules replace all earlier ones.</summary>
    /// <exception cref="IOException">A limit's controller is missing, or the kernel refuses.</exception>
    public void Update(CgroupResources resources)
    {
        resources = Completion.Complete(resources, file => _v2 is null ? null : CgroupFiles.ReadIfExists($"{_v2.Directory}/{file}"));
        Apply(Settings(resources), resources);
    }

    /// <summary>Stops all processes until <see cref="Thaw"/>; returns when they stand.</summary>
    public void Freeze() => SetFrozen(true);

    public void Thaw() => SetFrozen(false);

    public bool IsFrozen => (_v2 is { Exists: true } ? CgroupFiles.ReadIfExists($"{_v2.Directory}/cgroup.events")?.Contains("frozen 1", StringComparison.Ordinal)
        : Folder("freezer") is { Exists: true } v1 ? CgroupFiles.ReadIfExists($"{v1.Directory}/freezer.state") is not "THAWED" : null) is true;

    /// <summary>SIGKILL to every process here and below, frozen or not. They may take a moment to end.</summary>
    public void KillAll()
    {
        if (_v2 is not null && File.Exists($"{_v2.Directory}/cgroup.kill"))
        {
            try
            {
                CgroupFiles.Write($"{_v2.Directory}/cgroup.kill", "1");
            }
            catch (SyscallException e) when (e.Errno is Errno.ENOENT or Errno.ENODEV)
            {
                // its last process has just ended, and systemd has removed it
            }

            return;
        }

        // frozen, so that nothing can fork away between the list and the signals; v1 lets a signal act only after thawing
        bool canFreeze = (_v2 ?? Folder("freezer")) is { Exists: true };
        if (canFreeze) Freeze();
        foreach (int pid in Processes()) _ = kill(pid, 9);
        if (canFreeze) Thaw();
    }

    /// <summary>Process ids here and below, as this process's PID namespace numbers them.</summary>
    public IReadOnlyList<int> Processes() => _folders.LastOrDefault(static one => one.Exists)?.Processes() ?? [];

    /// <summary>What it uses and has used.</summary>
    public CgroupStats Stats() => new UsageFiles(_folders.FindAll(static one => one.Exists)).Read();

    /// <summary>Tells when the out of memory killer acts here; null where there is no memory controller.</summary>
    public OutOfMemoryEvents? WatchOutOfMemory() =>
        Folder("memory") is { Exists: true } folder ? OutOfMemoryEvents.Open(folder.Directory, folder.Hierarchy.IsV2) : null;

    /// <summary>How often the kernel killed a process because the memory limit was reached.</summary>
    public long OutOfMemoryKills => Folder("memory") is { Exists: true } folder ? OutOfMemoryEvents.Kills(folder.Directory, folder.Hierarchy.IsV2) : 0;

    /// <summary>
    /// Gives the v2 directory to a user, who may then make cgroups below and move processes between them, but not change the
    /// limits here: runtime-spec config-linux.md "Cgroup ownership".
    /// </summary>
    /// <param name="user">As the host numbers it.</param>
    public void Delegate(uint user)
    {
        if (_v2 is not { Exists: true } folder) return;
        CgroupFiles.Give(folder.Directory, user);
        string files = CgroupFiles.ReadIfExists("/sys/kernel/cgroup/delegate") ?? "cgroup.procs\ncgroup.threads\ncgroup.subtree_control";
        foreach (string file in files.Split('\n'))
            if (File.Exists($"{folder.Directory}/{file}")) CgroupFiles.Give($"{folder.Directory}/{file}", user);
    }

    /// <summary>Removes it with everything below, waiting up to 2 s for ending processes. Nothing there is fine.</summary>
    /// <param name="withParent">Also its parent, when nobody else uses that.</param>
    /// <exception cref="SyscallException">EBUSY: processes still run in it.</exception>
    public void Delete(bool withParent = false)
    {
        Dispose();
        foreach (CgroupFolder folder in _folders) folder.Delete();
        if (!withParent) return;
        foreach (CgroupFolder folder in _folders) folder.DeleteEmptyParent();
    }

    public void Dispose()
    {
        _v2Directory?.Dispose();
        _v2Directory = null;
    }

    private static string Resolve(string path, CgroupLayout layout)
    {
        string[] parts = path.Split('/', StringSplitOptions.RemoveEmptyEntries);
        if (parts.Length == 0 || parts.Contains("..") || parts.Contains(".") || path.AsSpan().ContainsAny('\0', '\n'))
            throw new IOException($"cgroup path \"{path}\": must not be the root, and be without . and ..");
        return $"{(path.StartsWith('/') ? "" : layout.Base)}/{string.Join('/', parts)}";
    }

    /// <summary>What is to be written, after a check that all of it can be.</summary>
    private List<CgroupSetting> Settings(CgroupResources resources)
    {
        List<CgroupSetting> settings = Controller.Settings(_layout, resources);
        foreach (CgroupSetting one in settings)
        {
            if (!_layout.IsOnV1(one.Controller) && !_layout.V2Controllers.Contains(one.Controller) && one is { IsOptional: false, Controller: not "cgroup" })
                throw new IOException($"cgroup {Path}: {one.File}: this machine has no cgroup controller {one.Controller}");
        }

        return settings;
    }

    private void Apply(List<CgroupSetting> settings, CgroupResources resources)
    {
        if (resources.CheckBeforeUpdate && resources.MemoryLimitBytes is > 0 and { } limit && Stats().Memory?.UsageBytes is { } usage && usage > (ulong)limit)
            throw new IOException($"cgroup {Path}: memory limit {limit}: {usage} bytes are in use");
        settings.RemoveAll(one => one.IsOptional && Folder(one.Controller) is null);
        new CgroupSettings(Path, one => Ready(Folder(one.Controller)!)).Write(settings);
        // in a user namespace nobody can make device nodes, nor load the filter: the host's permissions decide there
        if (resources.Devices.Count == 0 || OwnUserNamespace.IsInside) return;
        if (Folder("devices") is { Hierarchy.IsV2: false } v1) DeviceFiles.Apply(Ready(v1).Directory, resources.Devices);
        else DeviceFilter.Replace(V2Directory!, resources.Devices);
    }

    // no use of a hierarchy where nothing can be made, as long as no limit needs it
    private void TryMake(CgroupFolder folder)
    {
        try
        {
            folder.Make();
        }
        catch (SyscallException e) when (e.Errno is Errno.EACCES or Errno.EPERM or Errno.EROFS)
        {
            _refused ??= new IOException($"cgroup {Path}: {e.Message}", e);
        }
    }

    private void ExpectUnused()
    {
        foreach (CgroupFolder folder in _folders)
        {
            if (!folder.IsNew && folder.Processes() is [int first, ..]) throw new IOException($"cgroup {Path}: is not empty: process {first} is in {folder.Directory}");
        }

        if (IsFrozen) throw new IOException($"cgroup {Path}: is frozen");
    }

    /// <summary>The folder that has a controller's files.</summary>
    private CgroupFolder? Folder(string controller)
    {
        string v1 = controller == "io" ? "blkio" : controller;
        return _folders.Find(one => one.Hierarchy.Controllers.Contains(v1)) ?? _v2;
    }

    /// <summary>Makes a v1 directory that was not made at the start, and moves all processes there.</summary>
    private CgroupFolder Ready(CgroupFolder folder)
    {
        if (folder.Exists) return folder;
        IReadOnlyList<int> processes = Processes();
        folder.Make();
        // children that were forked before their parent was moved show in the next round
        for (int moved = 1; moved > 0; processes = Processes())
        {
            HashSet<int> inside = [.. folder.Processes()];
            moved = 0;
            foreach (int pid in processes)
            {
                if (!inside.Contains(pid) && TryAttach(folder, pid)) moved++;
            }
        }

        return folder;
    }

    private static bool TryAttach(CgroupFolder folder, int pid)
    {
        try
        {
            folder.Attach(pid);
            return true;
        }
        catch (SyscallException e) when (e.Errno == Errno.ESRCH)
        {
            return false;
        }
    }

    private void SetFrozen(bool frozen)
    {
        (string file, string value, string stateFile, string state) = _v2 is { } v2
            ? ($"{v2.Directory}/cgroup.freeze", frozen ? "1" : "0", $"{v2.Directory}/cgroup.events", frozen ? "frozen 1" : "frozen 0")
            : Folder("freezer") is { } v1
            ? ($"{v1.Directory}/freezer.state", frozen ? "FROZEN" : "THAWED", $"{v1.Directory}/freezer.state", frozen ? "FROZEN" : "THAWED")
            : throw new IOException($"cgroup {Path}: this machine has no cgroup controller freezer");
        long deadline = Environment.TickCount64 + TimeoutMs;
        CgroupFiles.Write(file, value);
        while (CgroupFiles.ReadIfExists(stateFile)?.Contains(state, StringComparison.Ordinal) is false)
        {
            if (Environment.TickCount64 > deadline)
            {
                if (frozen) CgroupFiles.Write(file, _v2 is null ? "THAWED" : "0");
                throw new IOException($"cgroup {Path}: {stateFile} does not become \"{state}\" within {TimeoutMs.ToString(CultureInfo.InvariantCulture)} ms");
            }

            Thread.Sleep(1);
            if (_v2 is null) CgroupFiles.Write(file, value); // v1 gives up over tasks that were forked meanwhile
        }
    }

    [LibraryImport("libc", SetLastError = true)]
    private static partial int kill(int pid, int signal);
}
