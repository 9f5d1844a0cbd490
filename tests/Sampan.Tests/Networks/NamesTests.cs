using System.Net;
using Sampan.Networks;

namespace Sampan.Tests.Networks;

public sealed class NamesTests : IDisposable
{
    private readonly string _resolved = Path.GetTempFileName();

    public void Dispose() => File.Delete(_resolved);

    [Fact]
    public void The_hosts_servers_are_used_except_those_on_loopback()
    {
        string text = ResolvConf.For("# made by hand\nnameserver 127.0.0.1\nnameserver\t192.0.2.53 \nsearch example.org\noptions ndots:2\n", []);

        Assert.Equal("nameserver 192.0.2.53\nsearch example.org\noptions ndots:2\n", text);
    }

    [Fact]
    public void Behind_systemd_resolved_its_own_servers_are_used()
    {
        File.WriteAllText(_resolved, "nameserver 192.0.2.1\nnameserver fe80::1%2\nnameserver 2001:db8::53\n");

        string text = ResolvConf.For("nameserver 127.0.0.53\noptions edns0\n", [], null, null, _resolved);

        Assert.Equal("nameserver 192.0.2.1\nnameserver 2001:db8::53\noptions edns0\n", text);
    }

    [Fact]
    public void Only_loopback_servers_are_an_error_with_a_hint()
    {
        NetworkException error = Assert.Throws<NetworkException>(() => ResolvConf.For("nameserver ::1\n", []));

        Assert.EndsWith("hint: --dns ADDRESS", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Flags_replace_what_the_host_says()
    {
        Assert.Equal("nameserver 9.9.9.9\noptions rotate\n", ResolvConf.For("nameserver 127.0.0.1\nsearch a\noptions b\n", ["9.9.9.9"], ["."], ["rotate"]));
        Assert.Throws<NetworkException>(() => ResolvConf.For("", ["dns.example.org\nnameserver 1.2.3.4"]));
    }

    [Fact]
    public void Hosts_have_the_container_and_the_added_ones()
    {
        string text = HostsFile.For("web", [IPAddress.Parse("10.88.0.2")], ["db:192.0.2.7", "v6=[2001:db8::7]", "host:host-gateway"], IPAddress.Parse("10.88.0.1"));

        Assert.StartsWith("127.0.0.1\tlocalhost\n", text, StringComparison.Ordinal);
        Assert.EndsWith("10.88.0.2\tweb\n192.0.2.7\tdb\n2001:db8::7\tv6\n10.88.0.1\thost\n", text, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("db")]
    [InlineData(":192.0.2.7")]
    [InlineData("db:nowhere")]
    [InlineData("a b:192.0.2.7")]
    [InlineData("db:host-gateway")]
    public void A_wrong_host_entry_is_refused(string entry) =>
        Assert.Throws<NetworkException>(() => HostsFile.For("web", [], [entry]));
}
