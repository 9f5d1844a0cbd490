using Sampan.Linux.Cgroups;
using Sampan.Linux.Cgroups.Devices;
using Sampan.Linux.Files;
using Sampan.Linux.Processes;

namespace Sampan.Tests.Linux.Cgroups;

public sealed class CgroupTests
{
    private readonly string _name = $"/sampan-test-{Guid.NewGuid():N}";

    [Fact]
    public void A_cgroup_limits_freezes_kills_and_leaves_nothing_behind()
    {
        ExpectRoot();
        Cgroup cgroup = Cgroup.Create(_name, new CgroupResources { PidsLimit = 20, MemoryLimitBytes = 64 << 20 });
        Child child = Spawn.Start("/bin/sleep", ["sleep", "60"], []);
        try
        {
            cgroup.Add(child.ProcessId);
            Assert.Equal([child.ProcessId], cgroup.Processes());
            Assert.Contains(_name, File.ReadAllText($"/proc/{child.ProcessId}/cgroup"), StringComparison.Ordinal);
            Assert.Equal(1UL, cgroup.Stats().Pids?.Current);
            Assert.Equal(20UL, cgroup.Stats().Pids?.Limit);
            Assert.Equal(64UL << 20, cgroup.Stats().Memory?.Memory.LimitBytes);
            cgroup.Freeze();
            Assert.True(cgroup.IsFrozen);
            cgroup.Thaw();
            Assert.False(cgroup.IsFrozen);
        }
        finally
        {
            cgroup.KillAll();
            Assert.Equal(new ExitStatus(0, 9), child.Wait());
            cgroup.Delete();
        }

        cgroup.Delete();
        Assert.Empty(Cgroup.Open(_name).Processes());
        Assert.False(CgroupLayout.Current.Exists(_name));
    }

    [Fact]
    public void A_limit_that_is_refused_leaves_the_others_as_they_were()
    {
        ExpectRoot();
        using Cgroup cgroup = Cgroup.Create(_name, new CgroupResources { PidsLimit = 20 });
        try
        {
            IOException error = Assert.Throws<IOException>(() => cgroup.Update(new CgroupResources { CpusetCpus = "4000", PidsLimit = 30 }));
            Assert.Contains("cpuset.cpus, 4000", error.Message, StringComparison.Ordinal);
            Assert.Equal(20UL, cgroup.Stats().Pids?.Limit);
            cgroup.Update(new CgroupResources { PidsLimit = 30 });
            Assert.Equal(30UL, cgroup.Stats().Pids?.Limit);
        }
        finally
        {
            cgroup.Delete();
        }
    }

    [Fact]
    public void Memory_and_swap_change_together_whichever_way()
    {
        ExpectRoot();
        using Cgroup cgroup = Cgroup.Create(_name, new CgroupResources { MemoryLimitBytes = 64 << 20, MemorySwapBytes = 64 << 20 });
        try
        {
            foreach (int mebibytes in (int[])[128, 32])
            {
                cgroup.Update(new CgroupResources { MemoryLimitBytes = mebibytes << 20, MemorySwapBytes = mebibytes << 20 });
                Assert.Equal((ulong)mebibytes << 20, cgroup.Stats().Memory?.Memory.LimitBytes);
                Assert.Equal((ulong)mebibytes << 20, cgroup.Stats().Memory?.Swap?.LimitBytes);
            }
        }
        finally
        {
            cgroup.Delete();
        }
    }

    [Fact]
    public void A_directory_that_was_not_made_at_the_start_is_made_when_a_limit_needs_it()
    {
        ExpectRoot();
        Assert.SkipUnless(CgroupLayout.Current.V1Roots.ContainsKey("pids"), "needs the pids controller as one of version 1");
        using Cgroup cgroup = Cgroup.Create(_name, new CgroupResources());
        string pids = CgroupLayout.Current.V1Roots["pids"] + _name;
        Directory.Delete(pids);
        Child child = Spawn.Start("/bin/sleep", ["sleep", "60"], []);
        try
        {
            cgroup.Add(child.ProcessId);
            cgroup.Update(new CgroupResources { PidsLimit = 7 });
            Assert.Equal("7", File.ReadAllText($"{pids}/pids.max").Trim());
            Assert.Equal($"{child.ProcessId}", File.ReadAllText($"{pids}/cgroup.procs").Trim());
        }
        finally
        {
            cgroup.KillAll();
            child.Wait();
            cgroup.Delete();
        }
    }

    [Fact]
    public void One_that_has_processes_is_not_taken_over()
    {
        ExpectRoot();
        using Cgroup cgroup = Cgroup.Create(_name, new CgroupResources());
        Child child = Spawn.Start("/bin/sleep", ["sleep", "60"], []);
        try
        {
            cgroup.Add(child.ProcessId);
            Assert.Contains("is not empty", Assert.Throws<IOException>(() => Cgroup.Create(_name, new CgroupResources())).Message, StringComparison.Ordinal);
            Assert.Equal([child.ProcessId], cgroup.Processes());
        }
        finally
        {
            cgroup.KillAll();
            child.Wait();
            cgroup.Delete();
        }
    }

    [Fact]
    public void The_last_one_takes_the_parent_away_while_others_begin()
    {
        ExpectRoot();
        Parallel.For(0, 4, worker =>
        {
            for (int round = 0; round < 50; round++)
            {
                using Cgroup cgroup = Cgroup.Create($"{_name}/{worker}", new CgroupResources { PidsLimit = 5 });
                Assert.Equal(5UL, cgroup.Stats().Pids?.Limit);
                cgroup.Delete(withParent: true);
            }
        });
        Assert.False(CgroupLayout.Current.Exists(_name));
    }

    [Fact]
    public void A_device_program_decides_on_version_2_and_is_replaced()
    {
        ExpectRoot();
        Assert.SkipUnless(CgroupLayout.Current.V2Root is not null, "needs cgroup version 2");
        string folder = CgroupLayout.Current.V2Root + _name;
        Directory.CreateDirectory(folder);
        try
        {
            using Fd cgroup = Paths.Open(folder, OpenFlags.ReadOnly | OpenFlags.Directory);
            Assert.True(CanRead(folder, "/dev/zero"));
            DeviceFilter.Replace(cgroup, [new(false, 'a', null, null, "rwm"), new(true, 'c', 1, 3, "rw"), new(true, 'c', 1, 5, "w")]);
            Assert.False(CanRead(folder, "/dev/zero"));
            DeviceFilter.Replace(cgroup, [new(true, 'c', 1, 3, "rw"), new(true, 'c', 1, null, "r")]);
            Assert.True(CanRead(folder, "/dev/zero")); // the first program would still forbid it
            DeviceFilter.Replace(cgroup, [new(true, 'a', null, null, "rwm"), new(false, 'c', 1, 5, "r")]);
            Assert.False(CanRead(folder, "/dev/zero"));
        }
        finally
        {
            Directory.Delete(folder);
        }
    }

    private static bool CanRead(string folder, string device)
    {
        Child child = Spawn.Start("/bin/sh", ["sh", "-c", $"echo $$ > {folder}/cgroup.procs && exec 3< {device}"], [], new Dictionary<int, Fd>());
        return child.Wait() == new ExitStatus(0, 0);
    }

    private static void ExpectRoot() =>
        Assert.SkipUnless(Environment.UserName == "root" && CgroupLayout.Current.IsWritable, "needs root and a writable cgroup tree");
}
