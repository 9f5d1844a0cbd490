using Sampan.Linux.Cgroups;
using Sampan.Linux.Files;
using Sampan.Linux.Namespaces;
using Sampan.Runtime.Lifecycle;
using Sampan.Runtime.Spec;
using Sampan.Runtime.State;

namespace Sampan.Runtime.Checkpoint;

/// <summary><c>checkpoint</c>: has CRIU save a running container in files.</summary>
public static class Checkpointing
{
    /// <summary>Names for namespaces that are not the container's, as runc calls them too.</summary>
    internal static IReadOnlyList<(NamespaceKind Kind, string Word, string Name)> Outside { get; } =
        [(NamespaceKind.Network, "net", "extRootNetNS"), (NamespaceKind.Pid, "pid", "extRootPidNS")];

    /// <summary>Saves the container; unless it is left running it has then ended and is deleted.</summary>
    /// <exception cref="CriuException">It could not be saved, and goes on.</exception>
    public static void Save(StateStore store, string id, CheckpointOptions asked)
    {
        ContainerState state = store.Read(id);
        switch (store.StatusOf(state))
        {
            case ContainerStatus.Running or ContainerStatus.Paused: break;
            case ContainerStatus.Stopped: throw new LifecycleException("cannot checkpoint a container that has stopped");
            default: throw new LifecycleException("cannot checkpoint a container that was not started");
        }
        ContainerSpec spec = store.ReadSpec(state);
        string images = MakeFolder(asked.ImagesPath);
        string work = asked.WorkPath is null ? images : MakeFolder(asked.WorkPath);
        if (asked.ParentPath is { } parent && (parent.StartsWith('/') || !Directory.Exists($"{images}/{parent}")))
            throw new LifecycleException($"--parent-path {parent}: is not a folder named relative to --image-path");
        using Fd imagesFolder = Paths.Open(images, OpenFlags.ReadOnly | OpenFlags.Directory);
        using Fd workFolder = Paths.Open(work, OpenFlags.ReadOnly | OpenFlags.Directory);
        const string LogName = "dump.log";
        CriuOptions options = new CriuOptions(imagesFolder.Number, workFolder.Number, LogName, state.RootPath).Process(state.Pid).Asked(asked);
        if (asked.LeaveRunning) options.LeaveRunning();
        if (asked.PreDump || asked.ParentPath is not null) options.TrackMemory(asked.ParentPath);
        if (asked.PageServer is { } server) options.PageServer(server.Address, server.Port);
        if (asked.StatusDescriptor is { } number) options.StatusDescriptor(number);
        if (state.CgroupPath is not null && Cgroup.Open(state.CgroupPath).FreezerDirectory is { } freezer) options.FreezeIn(freezer);
        AddOutside(options, spec, state);
        using (CriuProcess criu = CriuProcess.Start(asked.Program, asked.ShellJob, new Dictionary<int, Fd>()))
        {
            ExpectFeatures(criu, asked);
            if (!asked.PreDump) SavedStreams.Write(images, state.Pid);
            criu.Do(asked.PreDump ? CriuRequest.PreDump : CriuRequest.Dump, options, $"{work}/{LogName}", static _ => { });
        }
        if (!asked.LeaveRunning && !asked.PreDump) Ending.Delete(store, id, force: true);
    }

    internal static void ExpectFeatures(CriuProcess criu, CheckpointOptions asked)
    {
        bool tracking = asked.PreDump || asked.ParentPath is not null;
        if (!tracking && !asked.LazyPages) return;
        (bool memoryTracking, bool lazyPages) = criu.Features();
        if (tracking && !memoryTracking)
            throw new CriuException($"--{(asked.PreDump ? "pre-dump" : "parent-path")}: this kernel does not track which memory was written (CONFIG_MEM_SOFT_DIRTY)");
        if (asked.LazyPages && !lazyPages) throw new CriuException("--lazy-pages: this kernel or criu can not fetch memory later (userfaultfd)");
    }

    private static void AddOutside(CriuOptions options, ContainerSpec spec, ContainerState state)
    {
        foreach ((NamespaceKind kind, string word, string name) in Outside)
            if (spec.Namespaces.FirstOrDefault(one => one.Kind == kind)?.Path is not null)
                options.External($"{word}[{FileIdentity.InodeOf($"/proc/{state.Pid}/ns/{word}")}]:{name}");
        foreach ((string place, string name) in ExternalMounts.OfRunning(spec, state.Pid, state.CgroupPath)) options.External($"mnt[{place}]:{name}");
    }

    internal static string MakeFolder(string path)
    {
        string full = Path.GetFullPath(path);
        Directory.CreateDirectory(full, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
        return full;
    }
}
