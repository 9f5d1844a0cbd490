using Sampan.Linux.Cgroups;
using Sampan.Linux.Cgroups.Controllers;

namespace Sampan.Tests.Linux.Cgroups;

public sealed class ControllerTests
{
    private const string MemoryOnV1 = "41 31 0:38 / /sys/fs/cgroup/memory rw - cgroup cgroup rw,memory\n42 31 0:39 / /sys/fs/cgroup/unified rw - cgroup2 cgroup2 rw\n";
    private const string OnlyV2 = "42 31 0:39 / /sys/fs/cgroup rw - cgroup2 cgroup2 rw\n";

    private static readonly CgroupResources s_everything = new()
    {
        MemoryLimitBytes = 1000,
        MemorySwapBytes = 3000,
        MemoryReservationBytes = 500,
        CpuShares = 1024,
        CpuQuotaUs = 50000,
        CpuPeriodUs = 100000,
        CpuBurstUs = 10000,
        CpusetCpus = "0-1",
        CpusetMems = "0",
        PidsLimit = -1,
        BlkioWeight = 500,
        BlkioDeviceWeights = [new(8, 0, 10, null)],
        BlkioThrottles = [new(ThrottleKind.ReadBytes, 8, 0, 1 << 20), new(ThrottleKind.WriteOperations, 8, 0, 0)],
        HugePageLimits = new Dictionary<string, ulong> { ["2MB"] = 4 << 20 },
        RdmaLimits = new Dictionary<string, RdmaLimit> { ["mlx5_0"] = new(3, null) },
    };

    [Fact]
    public void Version_2_gets_exactly_these_files() => Assert.Equal(
        """
        memory.swap.max=2000
        memory.max=1000
        memory.low=500
        cpuset.cpus=0-1
        cpuset.mems=0
        cpu.weight=100
        cpu.max=50000 100000
        cpu.max.burst=10000
        pids.max=max
        io.bfq.weight=500 or io.weight=4950
        io.bfq.weight=8:0 10 or io.weight=8:0 1
        io.max=8:0 rbps=1048576
        io.max=8:0 wiops=max
        hugetlb.2MB.max=4194304
        hugetlb.2MB.rsvd.max=4194304
        rdma.max=mlx5_0 hca_handle=3 hca_object=max
        """,
        Text(Controller.All.SelectMany(one => one.V2(s_everything))));

    [Fact]
    public void Version_1_gets_exactly_these_files() => Assert.Equal(
        """
        memory.use_hierarchy=1
        memory.limit_in_bytes=1000
        memory.memsw.limit_in_bytes=3000
        memory.soft_limit_in_bytes=500
        memory.kmem.tcp.limit_in_bytes=700
        memory.swappiness=10
        memory.oom_control=1
        cpuset.cpus=0-1
        cpuset.mems=0
        cpu.shares=1024
        cpu.cfs_period_us=100000
        cpu.cfs_quota_us=50000
        cpu.cfs_burst_us=10000
        cpu.rt_period_us=1000000
        cpu.rt_runtime_us=950000
        pids.max=max
        blkio.bfq.weight=500 or blkio.weight=500
        blkio.leaf_weight=20
        blkio.bfq.weight_device=8:0 10 or blkio.weight_device=8:0 10
        blkio.throttle.read_bps_device=8:0 1048576
        blkio.throttle.write_iops_device=8:0 0
        hugetlb.2MB.limit_in_bytes=4194304
        hugetlb.2MB.rsvd.limit_in_bytes=4194304
        net_cls.classid=1048577
        net_prio.ifpriomap=eth0 5
        rdma.max=mlx5_0 hca_handle=3 hca_object=max
        """,
        Text(Controller.All.SelectMany(one => one.V1(s_everything with
        {
            MemoryHierarchy = true,
            MemoryKernelTcpBytes = 700,
            MemorySwappiness = 10,
            DisableOomKiller = true,
            CpuRealtimePeriodUs = 1000000,
            CpuRealtimeRuntimeUs = 950000,
            BlkioLeafWeight = 20,
            NetworkClassId = 0x100001,
            NetworkPriorities = new Dictionary<string, uint> { ["eth0"] = 5 },
        }))));

    [Fact]
    public void A_zero_asks_for_nothing_but_for_the_number_of_tasks()
    {
        CgroupResources zeros = new()
        {
            MemoryLimitBytes = 0,
            MemorySwapBytes = 0,
            MemoryReservationBytes = 0,
            MemoryKernelTcpBytes = 0,
            CpuShares = 0,
            CpuQuotaUs = 0,
            CpuPeriodUs = 0,
            CpuRealtimePeriodUs = 0,
            CpuRealtimeRuntimeUs = 0,
            BlkioWeight = 0,
            BlkioLeafWeight = 0,
            NetworkClassId = 0,
        };

        Assert.True(zeros.AsksForNothing);
        Assert.Empty(Controller.All.SelectMany(one => one.V2(zeros)));
        Assert.Equal("pids.max=1", Text(PidsController.Both(new CgroupResources { PidsLimit = 0 }))); // the one that may not fork
    }

    // as runc and crun compute them since 2025
    [Theory]
    [InlineData(1, 1)]
    [InlineData(2, 1)]
    [InlineData(3, 2)]
    [InlineData(102, 17)]
    [InlineData(512, 59)]
    [InlineData(1024, 100)]
    [InlineData(2048, 174)]
    [InlineData(262144, 10000)]
    [InlineData(1000000, 10000)]
    public void Shares_become_a_weight(ulong shares, ulong weight) => Assert.Equal(weight, CpuWeight.OfShares(shares));

    [Theory]
    [InlineData(10, 1)]
    [InlineData(500, 4950)]
    [InlineData(1000, 10000)]
    public void Weights_of_block_io_get_the_range_of_version_2(ushort weight, ulong wanted) => Assert.Equal(wanted, BlockIoController.OnIoWeight(weight));

    [Theory]
    [InlineData(null, 100L, null)]
    [InlineData(300L, 100L, 200L)]
    [InlineData(100L, 100L, 0L)]
    [InlineData(-1L, 100L, -1L)]
    [InlineData(null, -1L, -1L)]
    [InlineData(-1L, null, -1L)]
    public void Memory_and_swap_becomes_swap_alone(long? both, long? memory, long? swap) => Assert.Equal(swap, MemoryController.Swap(both, memory));

    [Theory]
    [InlineData(50L, 100L)]
    [InlineData(100L, null)]
    [InlineData(100L, -1L)]
    public void Swap_below_memory_or_without_it_is_refused(long? both, long? memory) =>
        Assert.Throws<IOException>(() => MemoryController.Swap(both, memory));

    [Fact]
    public void What_version_2_does_not_have_is_refused()
    {
        CgroupResources[] only = [new() { MemorySwappiness = 0 }, new() { DisableOomKiller = true }, new() { MemoryKernelTcpBytes = 1 },
            new() { CpuRealtimeRuntimeUs = 1 }, new() { BlkioLeafWeight = 10 }, new() { NetworkClassId = 1 }, new() { MemoryHierarchy = false },
            new() { NetworkPriorities = new Dictionary<string, uint> { ["lo"] = 1 } }];

        Assert.All(only, one => Assert.Throws<IOException>(() => Controller.Settings(CgroupLayout.Parse(OnlyV2, ""), one)));
    }

    [Theory]
    [InlineData(MemoryOnV1, "memory.high", "unified memory.high: the controller memory is one of version 1 on this machine")]
    [InlineData("", "pids.max", "unified pids.max: this machine has only cgroup version 1")]
    [InlineData(OnlyV2, "../cgroup.procs", "unified ../cgroup.procs: not the name of a cgroup file, such as memory.high")]
    [InlineData(OnlyV2, "memory", "unified memory: not the name of a cgroup file, such as memory.high")]
    public void A_unified_setting_is_never_passed_over(string mounts, string file, string message)
    {
        CgroupResources limits = new() { Unified = new Dictionary<string, string> { [file] = "1" } };

        Assert.Equal(message, Assert.Throws<IOException>(() => Controller.Settings(CgroupLayout.Parse(mounts, ""), limits)).Message);
    }

    [Fact]
    public void A_unified_setting_is_written_line_by_line() => Assert.Equal(
        "io.max=8:0 rbps=1\nio.max=8:16 rbps=2",
        Text(UnifiedSettings.Of(CgroupLayout.Parse(OnlyV2, ""), new() { Unified = new Dictionary<string, string> { ["io.max"] = "8:0 rbps=1\n8:16 rbps=2\n" } })));

    [Fact]
    public void A_change_of_one_of_two_limits_keeps_the_other()
    {
        Dictionary<string, string> files = new() { ["cpu.max"] = "20000 100000", ["memory.max"] = "1000" };

        Assert.Equal("memory.swap.max=500\nmemory.max=1000\ncpu.max=20000 50000", Text(Controller.All.SelectMany(one =>
            one.V2(Completion.Complete(new() { CpuPeriodUs = 50000, MemorySwapBytes = 1500 }, files.GetValueOrDefault)))));
    }

    private static string Text(IEnumerable<CgroupSetting> settings) => string.Join('\n', settings.Select(one =>
        $"{one.File}={one.Value}{(one.Otherwise is { } other ? $" or {other.File}={other.Value}" : "")}"));
}
