using Sampan.Runtime.Spec;

namespace Sampan.Tests.Runtime.Spec;

public static class IntelRdtTests
{
    [Fact]
    public static void Lines_are_in_the_order_of_writing_schemata_last()
    {
        IntelRdtSpec read = Read("""{"closID":"web","l3CacheSchema":"L3:0=f\nMB:0=10","memBwSchema":"MB:0=50","schemata":["L2:0=1"],"enableMonitoring":true}""");
        Assert.Equal("web", read.ClosId);
        Assert.True(read.EnableMonitoring);
        Assert.Equal(["L3:0=f", "MB:0=50", "L2:0=1"], read.Schemata);
    }

    [Fact]
    public static void The_default_class_is_a_slash() => Assert.Equal("/", Read("""{"closID":"/"}""").ClosId);

    [Theory]
    [InlineData("""{"closID":"a/b"}""", "linux.intelRdt.closID: is a/b, not the name of a class of service")]
    [InlineData("""{"closID":".."}""", "linux.intelRdt.closID: is .., not the name of a class of service")]
    [InlineData("""{"closID":"info"}""", "linux.intelRdt.closID: is info, not the name of a class of service")]
    [InlineData("""{"memBwSchema":"50"}""", "linux.intelRdt.memBwSchema: is 50, not a line such as L3:0=ff")]
    [InlineData("""{"enableCMT":true}""", "linux.intelRdt.enableCMT: has left the specification: use enableMonitoring")]
    [InlineData("""{"schemata":[1]}""", "linux.intelRdt.schemata[0]: is not a string")]
    public static void A_wrong_member_is_named(string json, string message) =>
        Assert.Equal(message, Assert.Throws<SpecException>(() => Read(json)).Message);

    private static IntelRdtSpec Read(string json) => SpecReader.Read(DefaultConfig.With("linux/intelRdt", json)).IntelRdt!;
}
