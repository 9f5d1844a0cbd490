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

    /// <summary>What the clone itself makes, for people.</summary>
    public string Clone => Namespaces.ToString();

    internal ChildProgram Program { get; }

    /// <summary>Made by the clone itself. The cgroup namespace is not among them: it is to begin at the container's cgroup.</summary>
    internal CloneFlags Namespaces { get; }

    /// <param name="spec">What the container is to be.</param>
    /// <param name="context">The descriptors that parent and child share; a dry run has none and uses -1.</param>
    public static StartPlan Compose(ContainerSpec spec, StartContext context)
    {
        ProcessSpec process = spec.Process ?? throw new SpecException("process: is missing");
        ChildProgram program = new();
        PlanBuilder plan = new(program, context.Root, context.Channel);
        bool userNamespace = spec.Makes(NamespaceKind.User);
        // the container's root may have no way to it; in a mount namespace that is joined it is another place
        bool stagedEarly = userNamespace && context.Joined.All(joined => joined.Kind != NamespaceKind.Mount);

        foreach (CgroupTasks tasks in context.CgroupTasks) plan.EnterCgroup(tasks.Path, tasks.File.Number);
        if (context.AwaitsCgroup) plan.AwaitHost("cgroup");
        plan.ResetSignals();
        if (process.DiesWithParent) plan.DieWithParent();
        if (userNamespace)
        {
            if (stagedEarly) plan.OpenStaging(context.Staging);
            plan.AwaitHost("id maps");                        // until then every id in here is nobody
            plan.BecomeRootOfNamespace(spec);
        }
        foreach (JoinedNamespace joined in context.Joined) plan.Join(joined.Description, joined.Descriptor, (ulong)joined.Kind);
        plan.NewSession();
        if (!context.KeepKeyring) plan.NewKeyring();
        if (process.OomScoreAdjustment is int score) plan.OomScoreAdjustment(score); // while the host's /proc is there
        foreach (ResourceLimit limit in process.ResourceLimits) plan.ResourceLimit(limit);
        plan.Umask(0);                                        // modes of files made below are exact

        plan.MakeHostMounts(spec.RootPropagation ?? "private"); // before any mount, or the host sees ours
        if (stagedEarly) plan.AttachRoot();
        else plan.AttachRoot(context.Staging);

        if (spec.Makes(NamespaceKind.Cgroup)) plan.Unshare("cgroup", (ulong)CloneFlags.NewCgroup); // its root is the cgroup we are in
        CgroupView cgroups = new(context.Cgroups, context.CgroupPath, spec.Has(NamespaceKind.Cgroup));
        for (int i = 0; i < spec.Mounts.Count; i++)
            plan.Mount(spec.Mounts[i], cgroups, i < context.Sources.Count ? context.Sources[i] : -1);

        if (spec.Mounts.Any(m => m.Destination.TrimEnd('/') == "/dev" && !m.IsBind))
        {
            foreach (DeviceSpec device in DeviceSpec.Defaults) Device(device);
            plan.SymbolicLink("/proc/self/fd", "/dev/fd");
            plan.SymbolicLink("/proc/self/fd/0", "/dev/stdin");
            plan.SymbolicLink("/proc/self/fd/1", "/dev/stdout");
            plan.SymbolicLink("/proc/self/fd/2", "/dev/stderr");
            plan.SymbolicLink("pts/ptmx", "/dev/ptmx");
        }
        foreach (DeviceSpec device in spec.Devices) Device(device);
        if (process.WorkingDirectory != "/") plan.MakeDirectory(process.WorkingDirectory);

        if (process.Terminal) plan.Console(process.ConsoleSize.Rows, process.ConsoleSize.Columns, process.User.Uid);
        else plan.StandardStreams(context.StandardInput, context.StandardOutput, context.StandardError);

        if (spec.Hostname is { Length: > 0 } hostname) plan.Hostname(hostname);
        if (spec.DomainName is { Length: > 0 } domain) plan.DomainName(domain);
        bool early = spec.Sysctls.Count > 0;                  // which may be those of an interface
        if (early) plan.AwaitHost("network");
        foreach ((string key, string value) in spec.Sysctls) plan.Sysctl(key, value);
        foreach (string path in spec.ReadOnlyPaths) plan.Freeze(path);  // after the sysctls, which it would forbid
        foreach (string path in spec.MaskedPaths) plan.Mask(path);
        if (spec.RootReadOnly) plan.MakeRootReadOnly();       // after everything that makes mount points in it
        if (!early) plan.AwaitHost("network");                // as late as possible: the host works meanwhile
        if (context.HiddenBeforeMove is { } hidden) plan.MoveRoot(hidden);
        else plan.Pivot();                                    // from here on the host's files are out of reach

        Restrict(plan, process, spec);
        if (context.StartFifo >= 0)
        {
            plan.Find(process.Arguments, process.Environment);
            plan.AwaitStart(context.StartFifo, context.ReportFifo);
        }
        if (process.Init) plan.StayAsInit(process.Terminal);  // restricted already, and only the command goes on below
        plan.CloseOnExec(context.PreservedDescriptors);
        plan.Execute(process.Arguments, process.Environment);
        return new StartPlan(program, CloneNamespaces(spec));

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
        PlanBuilder plan = new(program, -1, context.Channel);
        foreach (CgroupTasks tasks in context.CgroupTasks) plan.EnterCgroup(tasks.Path, tasks.File.Number);
        plan.ResetSignals();
        if (process.DiesWithParent) plan.DieWithParent();
        CloneFlags namespaces = CloneFlags.None;
        foreach (NamespaceSpec item in spec.Namespaces) namespaces |= (CloneFlags)(ulong)item.Kind;
        plan.HideMemory();                                    // until its exec it is a program of the host that the container can see
        // the pid namespace was entered by the parent before the clone, because setns only moves later children into it
        plan.Join("namespaces of the container", initPidFd, (ulong)(namespaces & ~CloneFlags.NewPid));
        if ((namespaces & CloneFlags.NewUser) != 0) plan.BecomeRootOfNamespace(spec);
        plan.NewSession();
        plan.NewKeyring();
        foreach (ResourceLimit limit in process.ResourceLimits) plan.ResourceLimit(limit);
        if (process.Terminal) plan.ConsoleOfRunning(process.ConsoleSize.Rows, process.ConsoleSize.Columns, process.User.Uid);
        else plan.StandardStreams(context.StandardInput, context.StandardOutput, context.StandardError);
        Restrict(plan, process, spec);
        plan.CloseOnExec(context.PreservedDescriptors);
        plan.Execute(process.Arguments, process.Environment);
        return new StartPlan(program, CloneFlags.None);
    }

    public void Dispose() => Program.Dispose();

    private static void Restrict(PlanBuilder plan, ProcessSpec process, ContainerSpec spec)
    {
        plan.Umask(process.User.Umask ?? 0x12);               // 0022
        plan.ChangeDirectory(process.WorkingDirectory);       // still as root: a directory may be closed to the user
        if (process.Capabilities is { } sets) plan.Bound(sets.Bounding);
        bool mayDropGroups = OwnUserNamespace.MaySetGroups && (!spec.Has(NamespaceKind.User) || spec.GidMappings.Count != 1 || spec.GidMappings[0].Size > 1);
        plan.Become(process.User, mayDropGroups);
        if (process.NoNewPrivileges)
        {
            if (process.Capabilities is not null) plan.Keep(process.Capabilities);
            plan.ForbidNewPrivileges();
            if (process.Seccomp is not null) plan.Filter(process.Seccomp);
        }
        else
        {
            if (process.Seccomp is not null)
            {
                if (process.Capabilities is not null) plan.RegainForSeccomp(process.Capabilities.Permitted);
                plan.Filter(process.Seccomp);                 // nearly last: the filter must not see our own calls
            }
            if (process.Capabilities is not null) plan.Keep(process.Capabilities);
        }
        if (process.DiesWithParent) plan.DieWithParent();     // again: changing ids has cleared it
    }

    private static CloneFlags CloneNamespaces(ContainerSpec spec)
    {
        CloneFlags flags = CloneFlags.None;
        foreach (NamespaceSpec item in spec.Namespaces)
            if (item.Path is null && item.Kind != NamespaceKind.Cgroup) flags |= (CloneFlags)(ulong)item.Kind;
        return flags;
    }
}
