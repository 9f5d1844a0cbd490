using Sampan.Linux.Capabilities;
using Sampan.Linux.Cgroups;
using Sampan.Linux.Errors;
using Sampan.Linux.Events;
using Sampan.Linux.Files;
using Sampan.Linux.Mounts;
using Sampan.Linux.Namespaces;
using Sampan.Linux.Processes;
using Sampan.Runtime.Plan;
using Sampan.Runtime.Spec;
using PidFds = Sampan.Linux.Events.PidFd;

namespace Sampan.Runtime.Start;

/// <summary>
/// The first process of a container, from clone to exec. Between <see cref="Create"/> and <see cref="Start"/> the child makes
/// its mounts while the caller, at the same time, makes what only the host can: the network.
/// </summary>
public sealed class ContainerProcess : IDisposable
{
    private readonly StartPlan _plan;
    private readonly ChildChannel _channel;
    private readonly Cloned _child;
    private readonly bool _waits;
    private bool _reaped;

    private ContainerProcess(StartPlan plan, ChildChannel channel, Cloned child, bool waits)
    {
        _waits = waits;
        _plan = plan;
        _channel = channel;
        _child = child;
    }

    /// <summary>As seen from this process.</summary>
    public int Pid => _child.Pid;

    public Fd PidFd => _child.PidFd;

    /// <summary>The steps of the plan, one line each.</summary>
    public IReadOnlyList<string> Steps => _plan.Steps;

    /// <summary>The terminal's master, once the child has sent it (after <see cref="Start"/>); null without a terminal.</summary>
    public Fd? Console { get; private set; }

    /// <summary>Clones the child and, in a new user namespace, gives it its ids.</summary>
    /// <exception cref="StartException">What failed, and at which step; nothing is left behind.</exception>
    public static ContainerProcess Create(ContainerSpec spec, StartOptions options)
    {
        List<Fd> opened = [];
        ChildChannel channel = new();
        StartPlan? plan = null;
        ContainerProcess? process = null;
        try
        {
            List<JoinedNamespace> joined = [];
            foreach (NamespaceSpec item in spec.Namespaces.Where(item => item.Path is not null))
            {
                Fd fd = Paths.Open(item.Path!, OpenFlags.ReadOnly);
                opened.Add(fd);
                joined.Add(new JoinedNamespace(item.Kind, fd.Number, item.Path!));
            }
            (Fd? start, Fd? report) = options.StateDirectory is null ? (null, null) : StartFifos.Open(options.StateDirectory);
            if (start is not null) opened.AddRange([start, report!]);

            int[] sources = spec.Makes(NamespaceKind.User) ? OpenSources(spec, options.Ids, opened) : [];
            IReadOnlyList<CgroupTasks> tasks = options.Cgroup?.OpenTasks() ?? [];
            opened.AddRange(tasks.Select(item => item.File));

            plan = StartPlan.Compose(spec, new StartContext
            {
                CgroupTasks = tasks,
                AwaitsCgroup = options.EnterCgroup is not null,
                Root = options.RootFileSystem.Number,
                Channel = channel.Child.Number,
                Staging = options.StagingDirectory,
                StandardInput = options.StandardInput.Number,
                StandardOutput = options.StandardOutput.Number,
                StandardError = options.StandardError.Number,
                StartFifo = start?.Number ?? -1,
                ReportFifo = report?.Number ?? -1,
                PreservedDescriptors = options.PreservedDescriptors,
                BindDevices = options.BindDevices,
                Sources = sources,
                KeepKeyring = options.KeepKeyring,
                HiddenBeforeMove = options.WithoutPivot ? KernelMounts.OutsideOf(options.StagingDirectory) : null,
                Joined = [.. joined.Where(item => item.Kind != NamespaceKind.Pid)],
                Cgroups = CgroupLayout.Current.Hierarchies,
                CgroupPath = options.Cgroup?.Path,
            });
            process = new ContainerProcess(plan, channel, CloneInto(joined, plan, channel, options.Cgroup?.V2Directory), waits: true);
            channel.Child.Dispose();

            if (options.EnterCgroup is { } enter)
            {
                process.AwaitWaiting();
                enter(process.Pid);
                channel.Continue();
            }

            if (spec.Makes(NamespaceKind.User))
            {
                process.AwaitWaiting();
                IdMaps.Write(process.Pid, spec.UidMappings, spec.GidMappings);
                channel.Continue();
            }
            return process;
        }
        catch
        {
            process?.Kill();
            process?.Dispose();
            if (process is null)
            {
                channel.Dispose();
                plan?.Dispose();
            }
            throw;
        }
        finally
        {
            foreach (Fd fd in opened) fd.Dispose();
        }
    }

    /// <summary>Clones a child that enters the namespaces of a running container; <see cref="Start"/> lets it go on.</summary>
    /// <param name="spec">The container's.</param>
    /// <param name="process">What is to be executed.</param>
    /// <param name="init">A pidfd of the container's first process, that the caller has looked at after it was opened: a number may
    /// belong to another process by now.</param>
    public static ContainerProcess Join(ContainerSpec spec, ProcessSpec process, Fd init, JoinOptions options)
    {
        ChildChannel channel = new();
        StartPlan? plan = null;
        ContainerProcess? started = null;
        IReadOnlyList<CgroupTasks> tasks = options.Cgroup?.OpenTasks() ?? [];
        try
        {
            using Fd ownPidNamespace = Paths.Open("/proc/self/ns/pid", OpenFlags.ReadOnly);
            plan = StartPlan.ComposeExec(spec, process, init.Number, new StartContext
            {
                CgroupTasks = tasks,
                Channel = channel.Child.Number,
                StandardInput = options.StandardInput.Number,
                StandardOutput = options.StandardOutput.Number,
                StandardError = options.StandardError.Number,
                PreservedDescriptors = options.PreservedDescriptors,
            });
            // setns moves only later children into a pid namespace, and forbids threads until it is taken back
            if (spec.Has(NamespaceKind.Pid)) Entering.Join(init, NamespaceKind.Pid);
            try
            {
                started = new ContainerProcess(plan, channel, Cloning.Clone(plan.Program, plan.Namespaces, channel.Child, options.Cgroup?.V2Directory), waits: false);
            }
            finally
            {
                if (spec.Has(NamespaceKind.Pid)) ReturnTo(ownPidNamespace);
            }
            channel.Child.Dispose();
            return started;
        }
        catch
        {
            started?.Kill();
            started?.Dispose();
            if (started is null)
            {
                channel.Dispose();
                plan?.Dispose();
            }
            throw;
        }
        finally
        {
            foreach (CgroupTasks item in tasks) item.File.Dispose();
        }
    }

    /// <summary>The network is there: lets the child go on, and returns once it has become the container's command.</summary>
    /// <exception cref="StartException">The child could not; it is reaped.</exception>
    public void Start()
    {
        if (_waits) Release();
        while (_channel.Receive() is { } message) Handle(message);
        // the line also closes when the child is killed half-way; an exec that succeeded leaves a running or ended process
    }

    /// <summary>As <see cref="Start"/>, for a container that waits for its start: returns once everything is made.</summary>
    public void Prepare()
    {
        Release();
        AwaitWaiting();
    }

    /// <summary>Ends and reaps the child, however far it is.</summary>
    public void Kill()
    {
        if (_reaped) return;
        PidFds.TrySignal(_child.PidFd, SignalNumber.Kill);
        Reap();
    }

    /// <summary>Waits for its end: exit code, or 128 + n after signal n.</summary>
    public int Reap()
    {
        _reaped = true;
        return PidFds.Reap(_child.PidFd);
    }

    public void Dispose()
    {
        _channel.Dispose();
        _plan.Dispose();
        _child.PidFd.Dispose();
        Console?.Dispose();
    }

    // the container's root may have no way to them, and may not map their owners
    private static int[] OpenSources(ContainerSpec spec, Fd? ids, List<Fd> opened)
    {
        if (!ProcessCapabilities.Current().Effective.Has(Capability.CAP_SYS_ADMIN)) return [];
        int[] sources = new int[spec.Mounts.Count];
        for (int i = 0; i < sources.Length; i++)
        {
            MountSpec mount = spec.Mounts[i];
            sources[i] = -1;
            if (!mount.IsBind || mount.Source is not { } path) continue;
            Fd tree = mount.IdMapped && ids is not null ? MappedMount.Clone(path, ids) : DetachedMount.Clone(path, mount.Options.Contains("rbind"));
            opened.Add(tree);
            sources[i] = tree.Number;
        }

        return sources;
    }

    // setns moves only later children into a pid namespace: this process enters an existing one, clones, and comes back
    private static Cloned CloneInto(IEnumerable<JoinedNamespace> joined, StartPlan plan, ChildChannel channel, Fd? cgroup)
    {
        if (joined.FirstOrDefault(item => item.Kind == NamespaceKind.Pid) is not { } pid)
            return Cloning.Clone(plan.Program, plan.Namespaces, channel.Child, cgroup);
        using Fd own = Paths.Open("/proc/self/ns/pid", OpenFlags.ReadOnly);
        Entering.Join(Fd.Borrow(pid.Descriptor), NamespaceKind.Pid);
        try
        {
            return Cloning.Clone(plan.Program, plan.Namespaces, channel.Child, cgroup);
        }
        finally
        {
            ReturnTo(own);
        }
    }

    private static void ReturnTo(Fd pidNamespace)
    {
        try
        {
            Entering.Join(pidNamespace, NamespaceKind.Pid);
        }
        catch (SyscallException e) when (e.Errno == Errno.EPERM)
        {
            // inside a user namespace nothing leads back; this process starts no threads and no more children
        }
    }

    private void Release()
    {
        AwaitWaiting();
        _channel.Continue();
    }

    private void AwaitWaiting()
    {
        while (true)
        {
            ChildMessage message = _channel.Receive() ?? throw Died();
            if (message.Step == ChildMessage.Waiting) return;
            Handle(message);
        }
    }

    private void Handle(ChildMessage message)
    {
        switch (message.Step)
        {
            case ChildMessage.Terminal:
                Console = message.Descriptor;
                return;
            case >= 0:
                Kill();
                throw new StartException(_plan.Steps[message.Step], message.Errno);
            default:
                throw new StartException("start: unexpected message from the child", Errno.EPROTO);
        }
    }

    private StartException Died()
    {
        int code = Reap();
        return new StartException($"start: the process ended before its command was executed, exit code {code}");
    }
}
