using Sampan.Engine.Security;
using Sampan.Linux.Capabilities;

namespace Sampan.Tests.Linux.Capabilities;

public sealed class CapabilitySetTests
{
    [Theory]
    [InlineData("NET_ADMIN")]
    [InlineData("cap_net_admin")]
    public void Names_are_read_with_and_without_prefix_in_any_case(string name)
        => Assert.Equal("CAP_NET_ADMIN", CapabilitySet.Parse(name).ToString());

    [Theory]
    [InlineData("12")]
    [InlineData("NET_ADMIN,CAP_KILL")]
    [InlineData("")]
    public void Other_things_are_no_names(string name) => Assert.Throws<FormatException>(() => CapabilitySet.Parse(name));

    [Fact]
    public void The_default_are_dockers_fourteen() => Assert.Equal(0xa80425fbUL, CapabilitySet.Default.Bits);

    [Fact]
    public void Adding_wins_after_dropping_all()
        => Assert.Equal("CAP_KILL", CapabilityFlags.Resolve(["kill"], ["ALL"], false).ToString());

    [Fact]
    public void All_without_one()
        => Assert.Equal(CapabilitySet.All.Without(CapabilitySet.Parse("MKNOD")), CapabilityFlags.Resolve(["ALL"], ["MKNOD"], false));

    [Fact]
    public void The_own_sets_are_as_proc_shows_them()
        => Assert.Contains($"CapEff:\t{ProcessCapabilities.Current().Effective.Bits:x16}\n", File.ReadAllText("/proc/thread-self/status"), StringComparison.Ordinal);
}
