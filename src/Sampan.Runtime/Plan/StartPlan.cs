using Sampan.Linux.Cgroups;
using Sampan.Linux.Namespaces;
using Sampan.Linux.Processes;
using Sampan.Linux.Processes.Program;
using Sampan.Runtime.Spec;

namespace Sampan.Runtime.Plan;

/// <summary>
/// A container start as data: every step between clone and exec, in order. <see cref="Compose"/> is the whole sequence, and
/// each place where the order matters says why.
/// </summary>
public sealed class StartPlan : IDisposable
{
    private StartPlan(ChildProgram program, CloneFlags namespaces)
    {
        Program = program;
        Namespaces = namespaces;
    }

    /// <summary>One line a step.</summary>
    public IReadOnlyList<string> Steps => Program.Steps;

    public int SystemCalls => Program.InstructionCount;

    /// <summary>What the clone itself makes and where it happens, for people.</summary>
    public string Clone => string.Join(", in ", [Namespaces.ToString(), .. Joined.Select(joined => joined.Path)]);

    /// <summary>Existing namespaces that the cloning thread has to be in.</summary>
    internal IReadOnlyList<JoinedNamespace> Joined { get; private init; } = [];

    /// <summary>The child waits once more, for hooks.</summary>
    internal bool AwaitsHooks => Steps.Contains(PlanBuilder.Waiting + "hooks");

    /// <summary>The cloned child makes another one that goes on in its place.</summary>
    internal bool HasSuccessor { get; private init; }

    internal ChildProgram Program { get; }

    /// <summary>Made by the clone itself. The cgroup namespace is not among them: it is to begin at the container's cgroup.</summary>
    internal CloneFlags Namespaces { get; }

    /// <param name="spec">What the container is to be.</param>
    /// <param name="context">The descriptors that parent and child share; a dry run has none and uses -1.</param>
    public static StartPlan Compose(ContainerSpec spec, StartContext context)
    {
        // a container without a process can be created, for what it is worth
        ProcessSpec process = spec.Process ?? (context.StartFifo >= 0 ? new ProcessSpec { Arguments = [] } : throw new SpecException("process: is missing"));
        ChildProgram program = new();
        PlanBuilder plan = new(program, context.Root, context.Channel) { Procfs = context.Procfs };
        bool userNamespace = spec.Has(NamespaceKind.User);
        // the container's root may have no way to it; in a mount namespace that is only entered later it is another place
        bool stagedEarly = spec.Makes(NamespaceKind.User) && context.Joined.All(joined => joined.Kind != NamespaceKind.Mount);

        foreach (CgroupTasks tasks in context.CgroupTasks) plan.EnterCgroup(tasks.Path, tasks.File.Number);
        if (context.AwaitsCgroup) plan.AwaitHost("cgroup");
        if (context.ParentsEnd >= 0) plan.LeaveParentsEnd(context.ParentsEnd);
        plan.ResetSignals();
        if (process.DiesWithParent) plan.DieWithParent();
        CloneFlags namespaces = EnterNamespaces(plan, spec, context, stagedEarly);
        plan.NewSession();
        if (!context.KeepKeyring) plan.NewKeyring();
        foreach (ResourceLimit limit in process.ResourceLimits) plan.ResourceLimit(limit);
        plan.Umask(0);                                        // modes of files made below are exact

        bool ownMounts = spec.Has(NamespaceKind.Mount);
        Dictionary<int, Cell> trees = [];
        if (ownMounts) AttachRoot();
        if (spec.Makes(NamespaceKind.Cgroup)) plan.Unshare("cgroup", (ulong)CloneFlags.NewCgroup); // its root is the cgroup we are in
        if (ownMounts) MakeMounts();
        if (process.WorkingDirectory != "/") plan.MakeDirectory(process.WorkingDirectory);

        if (process.Terminal) plan.Console(process.ConsoleSize.Rows, process.ConsoleSize.Columns, process.User.Uid);
        else
        {
            plan.StandardStreams(context.StandardInput, context.StandardOutput, context.StandardError);
            if (ownMounts && context.NullStreams.Count > 0) plan.OwnNull(context.NullStreams);
        }

        if (spec.Hostname is { Length: > 0 } hostname) plan.Hostname(hostname);
        if (spec.DomainName is { Length: > 0 } domain) plan.DomainName(domain);
        bool early = spec.Sysctls.Count > 0 || spec.Hooks.AnyBeforePivot; // which may be about an interface
        if (early) plan.AwaitHost("network");
        if (spec.Hooks.AnyBeforePivot) plan.AwaitHost("hooks"); // they may add to the root, and still see the host's files
        foreach ((string key, string value) in spec.Sysctls) plan.Sysctl(key, value);
        foreach (string path in spec.ReadOnlyPaths) plan.Freeze(path);
        foreach (string path in spec.MaskedPaths) plan.Mask(path);
        if (spec.RootReadOnly) plan.MakeRootReadOnly();       // after everything that makes mount points in it
        if (!early) plan.AwaitHost("network");                // as late as possible: the host works meanwhile
        if (!ownMounts) plan.ChangeRoot();
        else if (context.HiddenBeforeMove is { } hidden) plan.MoveRoot(hidden);
        else plan.Pivot();                                    // from here on the host's files are out of reach
        if (spec.RootPropagation is "shared" or "rshared" or "unbindable" or "runbindable") plan.PropagateRoot(spec.RootPropagation);

        Prepare(plan, process, spec);
        Restrict(plan, process, spec, context);
        if (process.SeccompListener is not null) Filter(plan, process, spec, context); // the one who made this child must still be there to get it
        if (context.StartFifo >= 0)
        {
            if (spec.Process is not null) plan.Find(process.Arguments, process.Environment);
            plan.AwaitStart(context.StartFifo, context.ReportFifo);
        }
        if (spec.Process is null) plan.FailToStart();
        else Execute(plan, process, spec, context);
        return new StartPlan(program, namespaces)
        {
            Joined = [.. context.Joined.Where(joined => !joined.ByChild)],
            HasSuccessor = context.Joined.Any(joined => joined.Kind == NamespaceKind.User) && (spec.Makes(NamespaceKind.Pid) || spec.Makes(NamespaceKind.Time)),
        };

        void AttachRoot()
        {
            // trees that are to stay connected with the host's are taken before the host's are cut off
            foreach ((int index, int tree) in context.Trees) trees[index] = program.Cell(tree);
            for (int i = 0; i < spec.Mounts.Count; i++)
                if (!trees.ContainsKey(i) && plan.TakeSource(spec.Mounts[i]) is { } taken) trees[i] = taken;
            plan.MakeHostMounts(spec.RootPropagation ?? "private"); // before any mount, or the host sees ours
            if (context.ClonesRoot) plan.CloneRoot();         // in a user namespace that may: the caller may not
            if (stagedEarly) plan.AttachRoot();
            else plan.AttachRoot(context.Staging);
            plan.SeparateRoot(spec.RootPropagation);
        }

        void MakeMounts()
        {
            CgroupView cgroups = new(context.Cgroups, context.CgroupPath, spec.Has(NamespaceKind.Cgroup), userNamespace);
            for (int i = 0; i < spec.Mounts.Count; i++)
                plan.Mount(spec.Mounts[i], cgroups, trees.TryGetValue(i, out Cell tree) ? tree : null, spec.MountLabel is { } label ? (spec.MountLabelOption, label) : null);
            bool hostsDevices = spec.Mounts.Any(m => m.Destination.TrimEnd('/') == "/dev" && m.IsBind);
            if (!hostsDevices) MakeDevices();
            foreach (DeviceSpec device in spec.Devices) Device(device);
        }

        void MakeDevices()
        {
            foreach (DeviceSpec device in DeviceSpec.Defaults)
                if (!spec.Devices.Any(own => own.Path == device.Path)) Device(device);
            plan.SymbolicLink("/proc/self/fd", "/dev/fd");
            plan.SymbolicLink("/proc/self/fd/0", "/dev/stdin");
            plan.SymbolicLink("/proc/self/fd/1", "/dev/stdout");
            plan.SymbolicLink("/proc/self/fd/2", "/dev/stderr");
            plan.SymbolicLink("pts/ptmx", "/dev/ptmx");
        }

        void Device(DeviceSpec device)
        {
            // a user namespace may not make device nodes, but may show those of the host
            if (userNamespace || context.BindDevices) plan.Bind(device.HostPath ?? device.Path, false, device.Path, MountOptions.Parse(["bind"]));
            else plan.MakeDevice(device);
        }
    }

    /// <summary>A further process in a running container: enters its namespaces and takes on the same restrictions.</summary>
    internal static StartPlan ComposeExec(ContainerSpec spec, ProcessSpec process, int initPidFd, StartContext context)
    {
        ChildProgram program = new();
        PlanBuilder plan = new(program, -1, context.Channel) { Procfs = context.Procfs };
        if (process.InitialCpus is { } initial) plan.RunOn(initial);
        foreach (CgroupTasks tasks in context.CgroupTasks) plan.EnterCgroup(tasks.Path, tasks.File.Number);
        if (process.FinalCpus is { } final) plan.RunOn(final); // after the cgroup, whose CPUs they must be among
        if (context.ParentsEnd >= 0) plan.LeaveParentsEnd(context.ParentsEnd);
        plan.ResetSignals();
        if (process.DiesWithParent) plan.DieWithParent();
        if (process.OomScoreAdjustment is not null) plan.AwaitHost("oom score");
        JoinContainer(plan, spec, initPidFd, context);
        plan.NewSession();
        plan.NewKeyring();
        foreach (ResourceLimit limit in process.ResourceLimits) plan.ResourceLimit(limit);
        if (process.Terminal) plan.ConsoleOfRunning(process.ConsoleSize.Rows, process.ConsoleSize.Columns, process.User.Uid);
        else
        {
            plan.StandardStreams(context.StandardInput, context.StandardOutput, context.StandardError);
            if (spec.Has(NamespaceKind.Mount) && context.NullStreams.Count > 0) plan.OwnNull(context.NullStreams, entered: true);
        }
        Prepare(plan, process, spec);
        Restrict(plan, process, spec, context);
        if (process.SeccompListener is not null) Filter(plan, process, spec, context);
        Execute(plan, process, spec, context);
        return new StartPlan(program, CloneFlags.None) { HasSuccessor = context.JoinsAsUser };
    }

    /// <summary>A program of the host in the namespaces of a container that is being made: the root is still the host's.</summary>
    internal static StartPlan ComposeHook(ContainerSpec spec, HookSpec hook, int initPidFd, StartContext context)
    {
        ChildProgram program = new();
        PlanBuilder plan = new(program, -1, context.Channel);
        if (context.ParentsEnd >= 0) plan.LeaveParentsEnd(context.ParentsEnd);
        plan.ResetSignals();
        plan.DieWithParent();
        JoinContainer(plan, spec, initPidFd, context);
        plan.NewSession();
        plan.Umask(0x12);
        plan.StandardStreams(context.StandardInput, context.StandardOutput, context.StandardError);
        plan.CloseOnExec(0);
        plan.Execute(hook.Path, hook.Arguments.Count > 0 ? hook.Arguments : [hook.Path], hook.Environment);
        return new StartPlan(program, CloneFlags.None) { HasSuccessor = context.JoinsAsUser };
    }

    public void Dispose() => Program.Dispose();

    // The parent's thread has entered the joined namespaces of the host, as far as a thread can. Returns what the clone makes.
    private static CloneFlags EnterNamespaces(PlanBuilder plan, ContainerSpec spec, StartContext context, bool stagedEarly)
    {
        CloneFlags made = CloneFlags.None;
        foreach (NamespaceSpec item in spec.Namespaces)
            if (item.Path is null && item.Kind != NamespaceKind.Cgroup) made |= (CloneFlags)(ulong)item.Kind;
        bool setsTime = spec.TimeOffsets.Count > 0;
        CloneFlags time = made & CloneFlags.NewTime;
        if (setsTime) made &= ~CloneFlags.NewTime;

        if (spec.Makes(NamespaceKind.User))
        {
            if (stagedEarly) plan.OpenStaging(context.Staging);
            plan.AwaitHost("id maps");                        // until then every id in here is nobody
            plan.BecomeRootOfNamespace(spec);
        }
        else if (context.Joined.FirstOrDefault(joined => joined.Kind == NamespaceKind.User) is { } user)
        {
            // whatever is made anew is to belong to this user namespace, so that its root has rights over it
            plan.Join(user.Description, user.Descriptor, (ulong)NamespaceKind.User);
            plan.BecomeRootOfNamespace(spec);
            const CloneFlags children = CloneFlags.NewPid | CloneFlags.NewTime; // they begin with a child, not with who asks for them
            if ((made & ~children) != 0) plan.Unshare((made & ~children).ToString(), (ulong)(made & ~children));
            if ((made & children) != 0) plan.CloneAgain(made & children);
            made = CloneFlags.None;
        }
        foreach (JoinedNamespace joined in context.Joined)
            if (joined.ByChild && joined.Kind != NamespaceKind.User) plan.Join(joined.Description, joined.Descriptor, (ulong)joined.Kind);
        if (setsTime && time != 0) plan.EnterNewTime(withOffsets: true);
        return made;
    }

    private static void JoinContainer(PlanBuilder plan, ContainerSpec spec, int initPidFd, StartContext context)
    {
        CloneFlags namespaces = CloneFlags.None;
        foreach (NamespaceSpec item in spec.Namespaces) namespaces |= (CloneFlags)(ulong)item.Kind;
        plan.HideMemory();                                    // until its exec it is a program of the host that the container can see
        // the pid namespace was entered by the parent before the clone, because setns only moves later children into it
        CloneFlags joined = context.JoinsAsUser ? namespaces : namespaces & ~CloneFlags.NewPid;
        if (joined != 0) plan.Join("namespaces of the container", initPidFd, (ulong)joined);
        if ((namespaces & CloneFlags.NewUser) != 0) plan.BecomeRootOfNamespace(spec);
        if (context.JoinsAsUser) plan.CloneAgain(CloneFlags.None); // that later child
    }

    // what needs rights that the process is about to lose, and its cgroup, whose CPUs and nodes it is about
    private static void Prepare(PlanBuilder plan, ProcessSpec process, ContainerSpec spec)
    {
        if (process.Scheduler is not null) plan.Schedule(process.Scheduler);
        if (process.IoPriority is not null) plan.PrioritizeIo(process.IoPriority);
        if (spec.MemoryPolicy is not null) plan.AllocateFrom(spec.MemoryPolicy);
        if (spec.Personality is { } personality) plan.Personality(personality);
    }

    private static void Restrict(PlanBuilder plan, ProcessSpec process, ContainerSpec spec, StartContext context)
    {
        plan.Umask(process.User.Umask ?? 0x12);               // 0022
        plan.ChangeDirectory(process.WorkingDirectory);       // still as root: a directory may be closed to the user
        if (process.AppArmorProfile is not null) plan.ConfineBy(process.AppArmorProfile);
        if (process.SelinuxLabel is not null) plan.Label(process.SelinuxLabel);
        CapabilitySets? sets = Capabilities(process, spec, context);
        if (sets is not null) plan.Bound(sets.Bounding);
        bool mayDropGroups = !process.KeepsGroups && OwnUserNamespace.MaySetGroups && (!spec.Has(NamespaceKind.User) || spec.GidMappings.Count != 1 || spec.GidMappings[0].Size > 1);
        plan.Become(process.User, mayDropGroups);
        if (sets is not null)
        {
            if (process.NoNewPrivileges || process.Seccomp is null) plan.Keep(sets);
            else plan.KeepForSeccomp(sets);
        }
        if (process.NoNewPrivileges) plan.ForbidNewPrivileges();
        if (process.DiesWithParent) plan.DieWithParent();     // again: changing ids has cleared it
    }

    private static void Execute(PlanBuilder plan, ProcessSpec process, ContainerSpec spec, StartContext context)
    {
        if (process.Init) plan.StayAsInit(process.Terminal);  // restricted already, and only the command goes on below
        plan.CloseOnExec(context.PreservedDescriptors);
        if (process.SeccompListener is null) Filter(plan, process, spec, context);
        plan.Execute(process.Arguments, process.Environment);
    }

    // as late as can be: a profile need not allow our own calls, but the exec and what gives up CAP_SYS_ADMIN
    private static void Filter(PlanBuilder plan, ProcessSpec process, ContainerSpec spec, StartContext context)
    {
        if (process.Seccomp is null) return;
        plan.Filter(process.Seccomp, process.SeccompListener is not null);
        if (!process.NoNewPrivileges && Capabilities(process, spec, context) is { } sets) plan.Keep(sets);
    }

    // in a user namespace the first process has them all; elsewhere nobody can give what he lacks
    private static CapabilitySets? Capabilities(ProcessSpec process, ContainerSpec spec, StartContext context) =>
        process.Capabilities?.Among(spec.Has(NamespaceKind.User) ? null : context.Available);
}
