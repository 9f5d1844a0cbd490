using Sampan.Linux;
using Sampan.Linux.Files;
using Sampan.Linux.Cgroups;
using Sampan.Linux.Namespaces;
using Sampan.Linux.Processes;
using Sampan.Runtime.Plan;
using Sampan.Runtime.Spec;
using Sampan.Tests.Runtime.Spec;

namespace Sampan.Tests.Runtime.Plan;

public sealed class StartPlanTests
{
    private static readonly StartContext Context = new() { Staging = "/bundle/rootfs" };

    [Fact]
    public void The_plan_of_the_default_configuration_is_exactly_this()
    {
        using StartPlan plan = StartPlan.Compose(DefaultConfig.Read(), Context);

        Assert.Equal(
            """
            sigaction(all, SIG_DFL), sigprocmask(none)
            setsid()
            keyctl(join_session_keyring, new)
            prlimit(RLIMIT_NOFILE, 1024:1024)
            umask(0)
            mount(-, /, -, rprivate)
            move_mount(root, /bundle/rootfs)
            mount_setattr(root, rprivate)
            unshare(cgroup)
            mount(proc, /proc, proc, nosuid|noexec|nodev)
            mount(tmpfs, /dev, tmpfs, nosuid|strictatime|mode=755|size=65536k)
            mount(devpts, /dev/pts, devpts, nosuid|noexec|newinstance|ptmxmode=0666|mode=0620|gid=5)
            mount(shm, /dev/shm, tmpfs, nosuid|noexec|nodev|mode=1777|size=65536k)
            mount(mqueue, /dev/mqueue, mqueue, nosuid|noexec|nodev)
            mount(sysfs, /sys, sysfs, nosuid|noexec|nodev|ro)
            mount(cgroup, /sys/fs/cgroup, cgroup2, nosuid|noexec|nodev|relatime|ro)
            mknod(/dev/null, c 1:3, 0666)
            mknod(/dev/zero, c 1:5, 0666)
            mknod(/dev/full, c 1:7, 0666)
            mknod(/dev/random, c 1:8, 0666)
            mknod(/dev/urandom, c 1:9, 0666)
            mknod(/dev/tty, c 5:0, 0666)
            symlink(/proc/self/fd, /dev/fd)
            symlink(/proc/self/fd/0, /dev/stdin)
            symlink(/proc/self/fd/1, /dev/stdout)
            symlink(/proc/self/fd/2, /dev/stderr)
            symlink(pts/ptmx, /dev/ptmx)
            terminal: /dev/pts/ptmx, /dev/console
            sethostname(sampan)
            readonly(/proc/bus)
            readonly(/proc/fs)
            readonly(/proc/irq)
            readonly(/proc/sys)
            readonly(/proc/sysrq-trigger)
            mask(/proc/acpi)
            mask(/proc/asound)
            mask(/proc/kcore)
            mask(/proc/keys)
            mask(/proc/latency_stats)
            mask(/proc/timer_list)
            mask(/proc/timer_stats)
            mask(/proc/sched_debug)
            mask(/proc/scsi)
            mask(/proc/interrupts)
            mask(/sys/firmware)
            mask(/sys/devices/virtual/powercap)
            mount_setattr(root, ro)
            await host: network
            pivot_root(root), umount(old root, detach)
            umask(022)
            chdir(/)
            capbset_drop(all but CAP_KILL,CAP_NET_BIND_SERVICE,CAP_AUDIT_WRITE)
            setuser(0:0)
            capset(CAP_KILL,CAP_NET_BIND_SERVICE,CAP_AUDIT_WRITE)
            prctl(set_no_new_privs)
            close_range(3-, cloexec)
            exec(sh): executable file not found in $PATH
            """,
            string.Join('\n', plan.Steps));
        Assert.Equal(
            CloneFlags.NewMount | CloneFlags.NewUts | CloneFlags.NewIpc | CloneFlags.NewPid | CloneFlags.NewNetwork, plan.Namespaces);
    }

    [Fact]
    public void The_plan_is_the_same_each_time_and_needs_no_root()
    {
        using StartPlan first = StartPlan.Compose(DefaultConfig.Read(), Context);
        using StartPlan second = StartPlan.Compose(DefaultConfig.Read(), Context);

        Assert.Equal(first.Steps, second.Steps);
        Assert.Equal(first.SystemCalls, second.SystemCalls);
    }

    [Fact]
    public void The_order_that_safety_depends_on_is_kept_by_a_configuration_that_uses_everything()
    {
        using StartPlan plan = StartPlan.Compose(Everything(), Context with
        {
            StartFifo = 8,
            ReportFifo = 9,
            PreservedDescriptors = 2,
            Joined = [new(NamespaceKind.Network, 7, "/run/netns/blue")],
        });

        InOrder(plan,
            "prctl(set_pdeathsig, SIGKILL)",
            "await host: id maps",                 // before any file is made: until then every id is nobody
            "setuser(0:0 of the user namespace)",
            "umask(0)",
            "mount(-, /, -, rslave)",              // before the first mount
            "move_mount(root, staging)",           // opened before the change of ids: its root may have no way to it
            "unshare(cgroup)",
            "mount(proc, /proc, proc, -)",
            "mount(tmpfs, /dev, tmpfs, -)",
            "mount(cgroup, /sys/fs/cgroup, cgroup2, ro)",
            "bind(/dev/null, /dev/null, bind)",    // a user namespace may not make nodes
            "bind(/dev/fuse, /dev/fuse, bind)",
            "mkdir(/srv/app)",
            "stdio",
            "setdomainname(example.org)",
            "await host: network",                 // whose interfaces sysctls may be about
            "write(/proc/sys/net/ipv4/ip_forward, 1)",
            "readonly(/proc/sys)",                 // after the sysctls, which it would forbid
            "mask(/proc/kcore)",
            "mount_setattr(root, ro)",             // after everything that makes mount points in it
            "pivot_root(root), umount(old root, detach)",
            "umask(077)",
            "chdir(/srv/app)",                     // still as root
            "capbset_drop(all but CAP_KILL)",
            "setuser(1000:100,5)",
            "capset(CAP_SYS_ADMIN for seccomp)",
            "prctl(set_pdeathsig, SIGKILL)",       // again: the change of ids has cleared it
            "find(/bin/app)",
            "await start",
            "close_range(5-, cloexec)",
            "seccomp(filter, ",                    // as late as can be
            "capset(CAP_KILL)",
            "exec(/bin/app)");
    }

    [Fact]
    public void With_no_new_privileges_the_filter_is_the_last_restriction()
    {
        ContainerSpec spec = Everything();
        using StartPlan plan = StartPlan.Compose(spec with { Process = spec.Process! with { NoNewPrivileges = true } }, Context);

        InOrder(plan, "setuser(1000:100,5)", "capset(CAP_KILL)", "prctl(set_no_new_privs)", "close_range(3-, cloexec)", "seccomp(filter, ", "exec(");
        Assert.DoesNotContain(plan.Steps, step => step.StartsWith("capset(CAP_SYS_ADMIN", StringComparison.Ordinal));
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void No_step_is_taken_twice_but_the_parent_death_signal(bool rootless)
    {
        using StartPlan plain = StartPlan.Compose(DefaultConfig.Read(rootless), Context);
        using StartPlan full = StartPlan.Compose(Everything(), Context);

        Assert.Equal(plain.Steps.Distinct(), plain.Steps);
        Assert.Equal(["prctl(set_pdeathsig, SIGKILL)"], full.Steps.GroupBy(step => step).Where(group => group.Count() > 1).Select(group => group.Key));
    }

    [Fact]
    public void Every_plan_waits_for_the_host_exactly_once_before_it_pivots()
    {
        ContainerSpec spec = DefaultConfig.Read();
        using StartPlan without = StartPlan.Compose(spec, Context);
        using StartPlan with = StartPlan.Compose(spec with { Sysctls = new Dictionary<string, string> { ["net.ipv4.ip_forward"] = "1" } }, Context);

        foreach (StartPlan plan in new[] { with, without })
        {
            Assert.Single(plan.Steps, "await host: network");
            InOrder(plan, "await host: network", "pivot_root(root)");
        }
        InOrder(without, "mount_setattr(root, ro)", "await host: network"); // as late as possible: the host works meanwhile
    }

    [Fact]
    public void A_cgroup_is_entered_before_anything_else_so_that_nothing_escapes_its_limits()
    {
        using Fd file = new(-1);
        StartContext context = Context with { CgroupTasks = [new("/sys/fs/cgroup/pids/web/tasks", file)] };
        using StartPlan plan = StartPlan.Compose(DefaultConfig.Read(), context);
        using StartPlan exec = StartPlan.ComposeExec(DefaultConfig.Read(), DefaultConfig.Read().Process!, 5, context);

        Assert.Equal("write(/sys/fs/cgroup/pids/web/tasks, 0)", plan.Steps[0]);
        Assert.Equal("write(/sys/fs/cgroup/pids/web/tasks, 0)", exec.Steps[0]);
    }

    private static IReadOnlyList<CgroupHierarchy> Hybrid { get; } =
        [new("/sys/fs/cgroup/cpu,cpuacct", "cpu,cpuacct"), new("/sys/fs/cgroup/systemd", "name=systemd"), new("/sys/fs/cgroup/unified", "")];

    [Fact]
    public void Without_a_cgroup_namespace_only_the_containers_own_cgroup_is_shown()
    {
        ContainerSpec spec = DefaultConfig.Read();
        spec = spec with { Namespaces = [.. spec.Namespaces.Where(item => item.Kind != NamespaceKind.Cgroup)] };
        using StartPlan own = StartPlan.Compose(spec, Context with { Cgroups = Hybrid, CgroupPath = "/web" });
        using StartPlan none = StartPlan.Compose(spec with { Mounts = [new("/sys/fs/cgroup", "cgroup", "cgroup", ["rw"])] }, Context with { Cgroups = [Hybrid[2]] });

        InOrder(own,
            "mount(tmpfs, /sys/fs/cgroup, tmpfs, ",
            "bind(/sys/fs/cgroup/cpu,cpuacct/web, /sys/fs/cgroup/cpu,cpuacct, ",
            "symlink(cpu,cpuacct, /sys/fs/cgroup/cpu)",
            "bind(/sys/fs/cgroup/unified/web, /sys/fs/cgroup/unified, ");
        InOrder(none, "mount(cgroup, /sys/fs/cgroup, cgroup2, rw|ro)"); // the host's tree is not to be written
    }

    [Fact]
    public void On_cgroup_v1_each_hierarchy_is_mounted_and_the_directory_made_read_only()
    {
        using StartPlan plan = StartPlan.Compose(DefaultConfig.Read(), Context with { Cgroups = Hybrid });

        InOrder(plan,
            "unshare(cgroup)",
            "mount(tmpfs, /sys/fs/cgroup, tmpfs, ",
            "mount(cgroup, /sys/fs/cgroup/cpu,cpuacct, cgroup, nosuid|noexec|nodev|relatime|ro|cpu|cpuacct)",
            "mount(cgroup, /sys/fs/cgroup/systemd, cgroup, nosuid|noexec|nodev|relatime|ro|name=systemd)",
            "mount(cgroup, /sys/fs/cgroup/unified, cgroup2, nosuid|noexec|nodev|relatime|ro)",
            "remount(/sys/fs/cgroup, ro)");
    }

    [Fact]
    public void A_namespace_with_a_path_is_joined_and_not_made()
    {
        ContainerSpec spec = DefaultConfig.Read();
        spec = spec with { Namespaces = [.. spec.Namespaces.Where(n => n.Kind != NamespaceKind.Network), new(NamespaceKind.Network, "/run/netns/blue")] };
        using StartPlan plan = StartPlan.Compose(spec, Context with { Joined = [new(NamespaceKind.Network, 7, "/run/netns/blue")] });

        Assert.Equal(CloneFlags.None, plan.Namespaces & CloneFlags.NewNetwork);
        Assert.EndsWith(", in /run/netns/blue", plan.Clone, StringComparison.Ordinal);
    }

    [Fact]
    public void A_further_process_enters_first_and_makes_no_mounts()
    {
        ContainerSpec spec = DefaultConfig.Read();
        using StartPlan plan = StartPlan.ComposeExec(spec, spec.Process! with { Terminal = false }, 5, Context);

        InOrder(plan, "setns(namespaces of the container)", "stdio", "capbset_drop(", "setuser(0:0)", "close_range(3-, cloexec)", "exec(sh)");
        Assert.DoesNotContain(plan.Steps, step => step.Contains("mount(", StringComparison.Ordinal) || step.StartsWith("pivot_root", StringComparison.Ordinal));
        Assert.Equal(CloneFlags.None, plan.Namespaces);
    }

    [Fact]
    public void A_configuration_that_can_not_become_a_plan_says_why()
    {
        ContainerSpec spec = DefaultConfig.Read();

        Assert.Equal("process: is missing", Refused(spec with { Process = null }));
        Assert.Equal("mounts: /data: a bind mount needs a source", Refused(spec with { Mounts = [new("/data", "bind", null, [])] }));
        Assert.Equal("mounts: /data: type is missing", Refused(spec with { Mounts = [new("/data", null, null, [])] }));

        static string Refused(ContainerSpec spec) =>
            Assert.Throws<SpecException>(() => StartPlan.Compose(spec, Context)).Message;
    }

    [Fact]
    public void Only_the_last_calls_of_a_plan_come_after_the_seccomp_filter()
    {
        ContainerSpec spec = Everything();
        using StartPlan plan = StartPlan.Compose(spec with { Process = spec.Process! with { NoNewPrivileges = true, DiesWithParent = false } }, Context);

        List<int> numbers = [.. Enumerable.Range(0, plan.SystemCalls).Select(i => plan.Program[i].Number)];
        Assert.Equal([SyscallNumber.execve], numbers[(numbers.LastIndexOf(SyscallNumber.seccomp) + 1)..]);
    }

    private static ContainerSpec Everything()
    {
        ContainerSpec spec = SpecReader.Read("""
            {
              "ociVersion": "1.2.0", "root": {"path": "rootfs", "readonly": true}, "hostname": "web", "domainname": "example.org",
              "process": {
                "args": ["/bin/app"], "cwd": "/srv/app", "oomScoreAdj": -5,
                "user": {"uid": 1000, "gid": 100, "additionalGids": [5], "umask": 63},
                "capabilities": {"bounding": ["CAP_KILL"], "effective": ["CAP_KILL"], "permitted": ["CAP_KILL"]}
              },
              "mounts": [
                {"destination": "/proc", "type": "proc"},
                {"destination": "/dev", "type": "tmpfs"},
                {"destination": "/sys/fs/cgroup", "type": "cgroup", "options": ["ro"]}
              ],
              "linux": {
                "namespaces": [{"type": "mount"}, {"type": "uts"}, {"type": "pid"}, {"type": "user"}, {"type": "cgroup"}, {"type": "network", "path": "/run/netns/blue"}],
                "uidMappings": [{"containerID": 0, "hostID": 100000, "size": 65536}],
                "gidMappings": [{"containerID": 0, "hostID": 100000, "size": 65536}],
                "devices": [{"path": "/dev/fuse", "type": "c", "major": 10, "minor": 229}],
                "sysctl": {"net.ipv4.ip_forward": "1"},
                "rootfsPropagation": "rslave", "maskedPaths": ["/proc/kcore"], "readonlyPaths": ["/proc/sys"],
                "seccomp": {"defaultAction": "SCMP_ACT_ALLOW", "syscalls": [{"names": ["reboot"], "action": "SCMP_ACT_ERRNO"}]}
              }
            }
            """u8.ToArray());
        return spec with { Process = spec.Process! with { DiesWithParent = true } };
    }

    /// <summary>These beginnings of lines come in this order; other lines may be between them.</summary>
    private static void InOrder(StartPlan plan, params ReadOnlySpan<string> beginnings)
    {
        int at = 0;
        foreach (string beginning in beginnings)
        {
            int found = at;
            while (found < plan.Steps.Count && !plan.Steps[found].StartsWith(beginning, StringComparison.Ordinal)) found++;
            Assert.True(found < plan.Steps.Count, $"{beginning} is not after line {at} of\n{string.Join('\n', plan.Steps)}");
            at = found + 1;
        }
    }
}
