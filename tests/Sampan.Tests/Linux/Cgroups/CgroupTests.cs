using Sampan.Linux.Cgroups;
using Sampan.Linux.Processes;

namespace Sampan.Tests.Linux.Cgroups;

public sealed class CgroupTests
{
    [Fact]
    public void A_cgroup_limits_freezes_kills_and_leaves_nothing_behind()
    {
        Assert.SkipUnless(Environment.UserName == "root" && CgroupLayout.Current.IsWritable, "needs root and a writable cgroup tree");
        string name = $"/sampan-test-{Guid.NewGuid():N}";
        Cgroup cgroup = Cgroup.Create(name, new CgroupResources { PidsLimit = 20, MemoryLimitBytes = 64 << 20 });
        Child child = Spawn.Start("/bin/sleep", ["sleep", "60"], []);
        try
        {
            cgroup.Add(child.ProcessId);
            Assert.Equal([child.ProcessId], cgroup.Processes());
            Assert.Contains(name, File.ReadAllText($"/proc/{child.ProcessId}/cgroup"), StringComparison.Ordinal);
            Assert.Equal(1, cgroup.Stats().Pids);
            cgroup.Freeze();
            cgroup.Thaw();
        }
        finally
        {
            cgroup.KillAll();
            Assert.Equal(new ExitStatus(0, 9), child.Wait());
            cgroup.Delete();
        }

        cgroup.Delete();
        Assert.Empty(Cgroup.Open(name).Processes());
        Assert.DoesNotContain(CgroupLayout.Current.V1Roots.Values, root => Directory.Exists(root + name));
    }

    [Fact]
    public void Hybrid_layouts_are_recognised()
    {
        CgroupLayout layout = CgroupLayout.Parse("""
            32 31 0:29 / /sys/fs/cgroup/cpu,cpuacct rw - cgroup cgroup rw,cpu,cpuacct
            41 31 0:38 / /sys/fs/cgroup/unified rw,relatime - cgroup2 cgroup2 rw
            """);

        Assert.Equal("/sys/fs/cgroup/unified", layout.V2Root);
        Assert.Equal("/sys/fs/cgroup/cpu,cpuacct", layout.V1Roots["cpu"]);
    }
}
