using Sampan.Linux.Cgroups;
using Sampan.Linux.Events;
using Sampan.Linux.Files;
using Sampan.Linux.Mounts;
using Sampan.Linux.Namespaces;
using Sampan.Runtime.Hooks;
using Sampan.Runtime.Lifecycle;
using Sampan.Runtime.Spec;
using Sampan.Runtime.State;
using Sampan.Runtime.Systemd;

namespace Sampan.Runtime.Checkpoint;

/// <summary><c>restore</c>: from saved files and a bundle to a running container. Nothing is left of one that could not be restored.</summary>
public static class Restoration
{
    private const int FirstNumber = 4; // of what CRIU has beside its own four
    private const string LogName = "restore.log";

    /// <param name="console">Gets the terminal's master, of a container that has one; null keeps it in the result.</param>
    public static RestoredProcess Restore(
        StateStore store, string id, Bundle bundle, CreationOptions options, CheckpointOptions asked, Action<Fd>? console = null)
    {
        string images = Path.GetFullPath(asked.ImagesPath);
        if (!Directory.Exists(images)) throw new LifecycleException($"--image-path {images}: no such file or directory");
        string work = asked.WorkPath is null ? images : Checkpointing.MakeFolder(asked.WorkPath);
        ContainerSpec spec = bundle.Spec;
        string rootPath = bundle.RootPath;
        if (!Directory.Exists(rootPath)) throw new SpecException($"root.path: {rootPath}: no such file or directory");
        string directory = store.Claim(id);
        Cgroup? cgroup = null;
        RestoredProcess? process = null;
        ContainerState? state = null;
        Attempt attempt = new(spec, images, work, asked);
        try
        {
            ScopeName? scope = options.SystemdCgroup && !options.WithoutCgroups ? Scope.Name(spec, id) : null;
            state = Creation.WriteState(store, id, bundle, options, scope);
            if (state.CgroupPath is not null) cgroup = ContainerCgroup.Make(state.CgroupPath, spec);
            if (spec.Process is not null) StreamOwners.Give(spec, spec.Process);
            // CRIU wants a root that is a mount point and whose parent nothing covers
            string root = $"{directory}/criu-root";
            Nodes.MakeDirectory(root, 0x1C0);
            PrivateMounts.With(rootPath, root, () => attempt.Run(root, scope is null ? cgroup?.Path : null, criu =>
            {
                if (scope is not null) cgroup = ContainerCgroup.MakeScope(scope, criu, spec);
                else cgroup?.Add(criu);
            }, Noticed));
            Directory.Delete(root);
            if (process is null) throw new CriuException($"{asked.Program}: it restored no process");
            if (options.PidFdSocket is not null) Sampan.Linux.Terminals.DescriptorPassing.SendTo(options.PidFdSocket, process.PidFd, "pidfd");
            if (options.PidFile is not null) PidFile.Write(options.PidFile, process.Pid);
            return process;

            void Noticed(CriuNotice notice)
            {
                switch (notice.Script)
                {
                    case "setup-namespaces":
                        new ContainerHooks(spec, id, bundle.Path).RunBeforeRestore(notice.Pid);
                        break;
                    case "orphan-pts-master" when notice.Descriptor is { } master:
                        attempt.Console = master;
                        console?.Invoke(master);
                        break;
                    case "post-restore":
                        process = new RestoredProcess(notice.Pid, PidFd.Open(notice.Pid), attempt.Console);
                        state = state! with { Pid = notice.Pid, PidStartTicks = ProcessStat.Of(notice.Pid)?.StartTicks ?? 0, CgroupPath = cgroup?.Path };
                        store.Write(state);
                        CacheAllocation.Apply(state, spec, notice.Pid);
                        break;
                }
            }
        }
        catch
        {
            if (process is not null && PidFd.TrySignal(process.PidFd, SignalNumber.Kill)) PidFd.Reap(process.PidFd);
            process?.Dispose();
            cgroup?.KillAll();
            cgroup?.Delete();
            if (state is not null) CacheAllocation.Delete(state);
            store.Remove(id);
            throw;
        }
    }

    /// <summary>One run of CRIU.</summary>
    private sealed class Attempt(ContainerSpec spec, string images, string work, CheckpointOptions asked)
    {
        public Fd? Console { get; set; }

        public void Run(string root, string? cgroupPath, Action<int> enter, Action<CriuNotice> noticed)
        {
            using Fd imagesFolder = Paths.Open(images, OpenFlags.ReadOnly | OpenFlags.Directory);
            using Fd workFolder = Paths.Open(work, OpenFlags.ReadOnly | OpenFlags.Directory);
            CriuOptions options = new CriuOptions(imagesFolder.Number, workFolder.Number, LogName, root).Asked(asked).AsSibling();
            using (Fd files = Paths.Open(root, OpenFlags.Path | OpenFlags.Directory))
            {
                MountPoints.Make(spec, files);
                foreach ((string name, string source) in ExternalMounts.OfSaved(spec, files, cgroupPath)) options.External($"mnt[{name}]:{source}");
            }
            Dictionary<int, Fd> descriptors = [];
            List<Fd> opened = [];
            try
            {
                foreach ((int stream, string pipe) in SavedStreams.Pipes(images)) Inherit(pipe, Fd.Borrow(stream));
                foreach (NamespaceSpec one in spec.Namespaces.Where(static one => one.Path is not null)) Join(one);
                using CriuProcess criu = CriuProcess.Start(asked.Program, asked.ShellJob, descriptors);
                Checkpointing.ExpectFeatures(criu, asked);
                enter(criu.Pid);
                foreach ((string controllers, string path) in CgroupsOf(criu.Pid)) options.CgroupRoot(controllers, path);
                criu.Do(CriuRequest.Restore, options, $"{work}/{LogName}", noticed);
            }
            finally
            {
                foreach (Fd fd in opened) fd.Dispose();
            }

            void Inherit(string name, Fd descriptor)
            {
                int number = FirstNumber + descriptors.Count;
                descriptors[number] = descriptor;
                options.Inherit(name, number);
            }

            void Join(NamespaceSpec one)
            {
                if (Checkpointing.Outside.FirstOrDefault(outside => outside.Kind == one.Kind) is { Name: { } name })
                {
                    Fd file = Paths.Open(one.Path!, OpenFlags.ReadOnly);
                    opened.Add(file);
                    Inherit(name, file);
                    return;
                }
                options.JoinNamespace(one.Kind switch
                {
                    NamespaceKind.Ipc => "ipc",
                    NamespaceKind.Uts => "uts",
                    NamespaceKind.User => "user",
                    NamespaceKind.Mount => "mnt",
                    NamespaceKind.Time => "time",
                    _ => throw new LifecycleException($"restore: criu can not enter an existing {one.Kind.ToString().ToLowerInvariant()} namespace"),
                }, one.Path!);
            }
        }

        // where the processes are to be, in the place of where they were: cgroups(7)
        private static IEnumerable<(string Controllers, string Path)> CgroupsOf(int pid)
        {
            foreach (string line in File.ReadAllLines($"/proc/{pid}/cgroup"))
            {
                string[] fields = line.Split(':', 3);
                foreach (string controller in fields[1].Split(',')) yield return (controller, fields[2]);
            }
        }
    }
}
