using Sampan.Engine.Containers;
using Sampan.Engine.State;

namespace Sampan.Tests.Engine.Containers;

/// <summary>What would change the host, or promise more than is kept, is refused.</summary>
public sealed class HostSafetyTests
{
    [Theory]
    [InlineData("kernel.panic=1")]
    [InlineData("vm.overcommit_memory=1")]
    [InlineData("kernel.hostname=x")]
    [InlineData("fs.mqueue./../../kernel/panic=1")]
    [InlineData("net.../kernel/panic=1")]
    [InlineData("=1")]
    public void A_parameter_of_the_host_is_refused(string setting) =>
        Assert.Throws<EngineException>(() => NamespacedSysctl.Read(new ContainerOptions { Image = "x", Sysctls = [setting] }));

    [Theory]
    [InlineData("net.ipv4.ip_forward=1")]
    [InlineData("kernel.shmmax=4096")]
    [InlineData("kernel.sem=1 2 3 4")]
    [InlineData("fs.mqueue.msg_max=10")]
    public void A_parameter_of_a_namespace_is_kept(string setting) =>
        Assert.Single(NamespacedSysctl.Read(new ContainerOptions { Image = "x", Sysctls = [setting] }));

    [Fact]
    public void A_network_parameter_is_refused_in_the_network_of_the_host() =>
        Assert.Throws<EngineException>(() => NamespacedSysctl.Read(new ContainerOptions { Image = "x", Network = "host", Sysctls = ["net.ipv4.ip_forward=1"] }));

    [Fact]
    public void A_soft_limit_above_the_hard_one_is_refused() =>
        Assert.Contains("soft limit", Assert.Throws<EngineException>(() => UlimitFlags.Read(["nofile=300:200"])).Message);

    [Theory]
    [InlineData("Max open files            1024                 524288               files     ", 524288UL)]
    [InlineData("Max cpu time              unlimited            unlimited            seconds   ", ulong.MaxValue)]
    public void The_hard_limit_is_the_second_number_of_its_line(string line, ulong hard) => Assert.Equal(hard, UlimitFlags.Hard(line));
}
