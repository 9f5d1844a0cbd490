using Sampan.Linux.Cgroups;

namespace Sampan.Tests.Linux.Cgroups;

public sealed class CgroupLayoutTests
{
    private const string Hybrid = """
        32 31 0:29 / /sys/fs/cgroup/cpu,cpuacct rw - cgroup cgroup rw,cpu,cpuacct
        33 31 0:30 / /sys/fs/cgroup/systemd rw,relatime - cgroup cgroup rw,xattr,name=systemd
        41 31 0:38 / /sys/fs/cgroup/unified rw,relatime - cgroup2 cgroup2 rw
        """;

    [Fact]
    public void Hybrid_layouts_are_recognised()
    {
        CgroupLayout layout = CgroupLayout.Parse(Hybrid, "");

        Assert.Equal("/sys/fs/cgroup/unified", layout.V2Root);
        Assert.Equal("/sys/fs/cgroup/cpu,cpuacct", layout.V1Roots["cpu"]);
        Assert.Equal(["cpu,cpuacct", "systemd", "unified"], layout.Hierarchies.Select(one => one.DirectoryName));
        Assert.Equal(["cpu,cpuacct", "name=systemd", ""], layout.Hierarchies.Select(one => one.Options));
    }

    [Theory]
    [InlineData("0::/user.slice/user-1000.slice/session-2.scope\n", "/user.slice/user-1000.slice")]
    [InlineData("5:cpu,cpuacct:/x/y\n0::/a.scope\n", "")]
    [InlineData("0::/\n", "")]
    [InlineData("0::/../../out\n", "")]
    public void A_cgroup_without_an_absolute_path_is_made_beside_the_callers_own(string own, string wanted) =>
        Assert.Equal(wanted, CgroupLayout.Parse(Hybrid, own).Base);

    [Fact]
    public void Without_version_2_it_is_the_tree_of_systemd_that_counts() => Assert.Equal(
        "/system.slice",
        CgroupLayout.Parse(Hybrid.Replace("cgroup2 cgroup2", "tmpfs tmpfs", StringComparison.Ordinal), "5:cpu,cpuacct:/x/y\n1:name=systemd:/system.slice/a.service\n").Base);

    [Theory]
    [InlineData("/")]
    [InlineData("")]
    [InlineData("/a/../b")]
    [InlineData("../b")]
    [InlineData("/a/./b")]
    [InlineData("/a\nb")]
    public void A_path_that_is_the_root_or_leads_elsewhere_is_refused(string path) => Assert.Throws<IOException>(() => Cgroup.Resolve(path));
}
