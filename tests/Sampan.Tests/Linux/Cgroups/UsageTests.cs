using Sampan.Linux.Cgroups.Usage;

namespace Sampan.Tests.Linux.Cgroups;

public sealed class UsageTests
{
    [Fact]
    public void Pressure_is_read()
    {
        Pressure? pressure = Pressure.Parse("some avg10=1.50 avg60=0.25 avg300=0.00 total=123\nfull avg10=0.00 avg60=0.00 avg300=0.00 total=45");

        Assert.Equal(new PressureLine(1.5, 0.25, 0, 123), pressure?.Some);
        Assert.Equal(45UL, pressure?.Full.TotalUs);
        Assert.Null(Pressure.Parse(null));
    }

    [Fact]
    public void Block_io_of_version_2_is_read() => Assert.Equal(
        [new BlockIoEntry(8, 0, "Read", 4096), new BlockIoEntry(8, 0, "Write", 512), new BlockIoEntry(8, 16, "Read", 1), new BlockIoEntry(8, 16, "Write", 2)],
        BlockIoUsage.V2("8:0 rbytes=4096 wbytes=512 rios=1 wios=2 dbytes=0 dios=0\n8:16 rbytes=1 wbytes=2 rios=0 wios=0 dbytes=0 dios=0", "rbytes", "wbytes"));

    [Fact]
    public void A_line_without_a_number_counts_as_nothing()
    {
        KeyedNumbers numbers = KeyedNumbers.Parse("oom 3\noom_kill 2\n\nodd");

        Assert.Equal(2UL, numbers["oom_kill"]);
        Assert.Equal(0UL, numbers["missing"]);
        Assert.Equal(ulong.MaxValue, KeyedNumbers.Number("max"));
    }
}
