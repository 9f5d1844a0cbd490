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
    private readonly bool _waits;
    private Cloned _child;
    private bool _reaped;
    private bool _detached;

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

    /// <summary>Where the kernel asks about calls of rules that notify, once the child has sent it; seccomp_unotify(2).</summary>
    public Fd? SeccompListener { get; private set; }

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
            SecurityLabels.Check(spec.Process, spec.MountLabel);
            Dictionary<NamespaceKind, Fd> namespaces = [];
            foreach (NamespaceSpec item in spec.Namespaces.Where(item => item.Path is not null))
                opened.Add(namespaces[item.Kind] = Paths.Open(item.Path!, OpenFlags.ReadOnly));
            (Fd? start, Fd? report) = options.StateDirectory is null ? (null, null) : StartFifos.Open(options.StateDirectory);
            if (start is not null) opened.AddRange([start, report!]);
            Dictionary<int, Fd> trees = MountTrees.Open(spec, options.Ids, options.RootFileSystem);
            opened.AddRange(trees.Values);
            Fd? procfs = spec.Sysctls.Count > 0 || spec.TimeOffsets.Count > 0 || SecurityLabels.Has(spec.Process) ? DetachedMount.Procfs() : null;
            if (procfs is not null) opened.Add(procfs);

            IReadOnlyList<CgroupTasks> tasks = options.Cgroup?.OpenTasks() ?? [];
            opened.AddRange(tasks.Select(item => item.File));

            plan = StartPlan.Compose(spec, new StartContext
            {
                CgroupTasks = tasks,
                AwaitsCgroup = options.EnterCgroup is not null,
                Root = options.RootFileSystem.Number,
                ClonesRoot = options.ClonesRoot,
                Channel = channel.Child.Number,
                ParentsEnd = channel.Parent.Number,
                Staging = options.StagingDirectory,
                StandardInput = options.StandardInput.Number,
                StandardOutput = options.StandardOutput.Number,
                StandardError = options.StandardError.Number,
                NullStreams = NullStreams.Among(options.StandardInput, options.StandardOutput, options.StandardError),
                StartFifo = start?.Number ?? -1,
                ReportFifo = report?.Number ?? -1,
                PreservedDescriptors = options.PreservedDescriptors,
                BindDevices = options.BindDevices,
                Procfs = procfs?.Number ?? -1,
                Trees = trees.ToDictionary(tree => tree.Key, tree => tree.Value.Number),
                Available = ProcessCapabilities.Current().Permitted,
                KeepKeyring = options.KeepKeyring,
                HiddenBeforeMove = options.WithoutPivot ? KernelMounts.OutsideOf(options.StagingDirectory) : null,
                Joined = [.. spec.Namespaces.Where(item => item.Path is not null)
                    .Select(item => new JoinedNamespace(item.Kind, namespaces[item.Kind].Number, item.Path!))],
                Cgroups = CgroupLayout.Current.Hierarchies,
                CgroupPath = options.Cgroup?.Path,
            });
            process = new ContainerProcess(plan, channel, Clone(plan, namespaces, channel.Child, options.Cgroup?.V2Directory), waits: true);
            channel.Child.Dispose();
            if (options.EnterCgroup is { } enter)
            {
                process.AwaitWaiting();
                enter(process.Pid);
                channel.Continue();
            }
            process.GiveWhatOnlyTheHostCan(spec);
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
            SecurityLabels.Check(process, null);
            using Fd? procfs = SecurityLabels.Has(process) ? DetachedMount.Procfs() : null;
            plan = StartPlan.ComposeExec(spec, process, init.Number, new StartContext
            {
                JoinsAsUser = JoinsAsUser(spec),
                CgroupTasks = tasks,
                Channel = channel.Child.Number,
                ParentsEnd = channel.Parent.Number,
                StandardInput = options.StandardInput.Number,
                StandardOutput = options.StandardOutput.Number,
                StandardError = options.StandardError.Number,
                NullStreams = NullStreams.Among(options.StandardInput, options.StandardOutput, options.StandardError),
                PreservedDescriptors = options.PreservedDescriptors,
                Procfs = procfs?.Number ?? -1,
                Available = ProcessCapabilities.Current().Permitted,
            });
            bool waits = process.OomScoreAdjustment is not null;
            started = new ContainerProcess(plan, channel, CloneBeside(plan, spec, init, channel.Child, options.Cgroup?.V2Directory), waits);
            channel.Child.Dispose();
            if (process.OomScoreAdjustment is { } score) OomScore.Adjust(started.Pid, score);
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

    /// <summary>
    /// Clones a child that executes a program of the host in the namespaces of a container that is being made; its standard
    /// error goes where its output does.
    /// </summary>
    internal static ContainerProcess RunHook(ContainerSpec spec, HookSpec hook, Fd init, Fd input, Fd output)
    {
        ChildChannel channel = new();
        StartPlan? plan = null;
        try
        {
            plan = StartPlan.ComposeHook(spec, hook, init.Number, new StartContext
            {
                JoinsAsUser = JoinsAsUser(spec),
                Channel = channel.Child.Number,
                ParentsEnd = channel.Parent.Number,
                StandardInput = input.Number,
                StandardOutput = output.Number,
                StandardError = output.Number,
            });
            ContainerProcess started = new(plan, channel, CloneBeside(plan, spec, init, channel.Child, null), waits: false);
            channel.Child.Dispose();
            started.ReceiveUntilExec();
            return started;
        }
        catch
        {
            channel.Dispose();
            plan?.Dispose();
            throw;
        }
    }

    /// <summary>The network is there: lets the child go on, and returns once it has become the container's command.</summary>
    /// <param name="hooks">Called where the configuration has hooks that run before the pivot; the child waits meanwhile.</param>
    /// <exception cref="StartException">The child could not; it is reaped.</exception>
    public void Start(Action? hooks = null)
    {
        if (_waits) Release(hooks);
        ReceiveUntilExec();
    }

    /// <summary>As <see cref="Start"/>, for a container that waits for its start: returns once everything is made.</summary>
    public void Prepare(Action? hooks = null)
    {
        Release(hooks);
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

    /// <summary>Gives all but the pidfd back, which is now the caller's.</summary>
    internal Fd Detach()
    {
        _detached = true;
        Dispose();
        return _child.PidFd;
    }

    public void Dispose()
    {
        _channel.Dispose();
        _plan.Dispose();
        if (!_detached) _child.PidFd.Dispose();
        Console?.Dispose();
        SeccompListener?.Dispose();
    }

    private static Cloned Clone(StartPlan plan, Dictionary<NamespaceKind, Fd> namespaces, Fd report, Fd? cgroup)
    {
        using ThreadNamespaces entered = new();
        foreach (JoinedNamespace joined in plan.Joined)
        {
            try
            {
                entered.Enter(joined.Kind, namespaces[joined.Kind]);
            }
            catch (SyscallException error)
            {
                throw new StartException($"setns({joined.Description})", error.Errno);
            }
        }
        return Cloning.Clone(plan.Program, plan.Namespaces, report, cgroup);
    }

    // who has no rights but over the user namespace that is his can only enter the others from within it
    private static bool JoinsAsUser(ContainerSpec spec) => spec.Has(NamespaceKind.User) && spec.Has(NamespaceKind.Pid) && !OwnUserNamespace.MayAdministrate;

    // the child enters the rest by itself; a pid namespace is for later children only
    private static Cloned CloneBeside(StartPlan plan, ContainerSpec spec, Fd init, Fd report, Fd? cgroup)
    {
        using ThreadNamespaces entered = new();
        if (spec.Has(NamespaceKind.Pid) && !plan.HasSuccessor) entered.Enter(NamespaceKind.Pid, init);
        return Cloning.Clone(plan.Program, plan.Namespaces, report, cgroup);
    }

    private void GiveWhatOnlyTheHostCan(ContainerSpec spec)
    {
        if (spec.Makes(NamespaceKind.User))
        {
            AwaitWaiting();
            IdMaps.Write(Pid, spec.UidMappings, spec.GidMappings);
            _channel.Continue();
        }
        else if (_plan.HasSuccessor)
        {
            while (_channel.Receive() is { } message)
            {
                Handle(message);
                if (message.Step == ChildMessage.Successor) break;
            }
        }
        if (spec.Process?.OomScoreAdjustment is { } score) OomScore.Adjust(Pid, score);
        if (spec.TimeOffsets.Count == 0) return;
        AwaitWaiting();
        File.WriteAllText($"/proc/{Pid}/timens_offsets", string.Concat(spec.TimeOffsets.Select(offset => $"{offset}\n")));
        _channel.Continue();
    }

    private void Release(Action? hooks)
    {
        AwaitWaiting();
        _channel.Continue();
        if (!_plan.AwaitsHooks) return;
        AwaitWaiting();
        hooks?.Invoke();
        _channel.Continue();
    }

    // the line also closes when the child is killed half-way; an exec that succeeded leaves a running or ended process
    private void ReceiveUntilExec()
    {
        while (_channel.Receive() is { } message) Handle(message);
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
            case ChildMessage.Listener:
                SeccompListener = message.Descriptor;
                return;
            case ChildMessage.Successor:
                PidFds.Reap(_child.PidFd); // it has ended, in favour of the other one
                _child.PidFd.Dispose();
                _child = new Cloned((int)message.Errno, PidFds.Open((int)message.Errno));
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
