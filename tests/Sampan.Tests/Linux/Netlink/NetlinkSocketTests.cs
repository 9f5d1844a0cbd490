using System.Net;
using System.Net.Sockets;
using Sampan.Linux.Errors;
using Sampan.Linux.Netlink;
using Sampan.Linux.Netlink.Nftables;
using Sampan.Linux.Netlink.Route;
using Sampan.Tests.Networks;

namespace Sampan.Tests.Linux.Netlink;

public sealed class NetlinkSocketTests : IDisposable
{
    private readonly NetworkNamespace _namespace;

    public NetlinkSocketTests()
    {
        Assert.SkipUnless(Environment.IsPrivilegedProcess, "needs root: makes network namespaces");
        _namespace = new NetworkNamespace();
    }

    public void Dispose() => _namespace?.Dispose();

    [Fact]
    public void Links_addresses_and_routes_are_listed_as_ip_lists_them() => _namespace.Run(() =>
    {
        using NetlinkSocket socket = NetlinkSocket.Open(NetlinkProtocol.Route);
        MessageWriter writer = new();
        writer.AddBridge("br0", [2, 0, 0, 0, 0, 1]);
        writer.SetUp("br0");
        socket.Send(writer);
        Link bridge = socket.FindLink("br0")!;
        MessageWriter address = new();
        address.AddAddress(bridge.Index, IPAddress.Parse("192.0.2.1"), 24);
        socket.Send(address);

        Assert.Equal(["lo", "br0"], socket.Links().Select(l => l.Name));
        Assert.True(bridge.IsUp);
        Assert.Contains(new InterfaceAddress(bridge.Index, IPAddress.Parse("192.0.2.1"), 24), socket.Addresses());
        Assert.Contains(IPNetwork.Parse("192.0.2.0/24"), socket.RouteDestinations(AddressFamily.InterNetwork));
        Assert.Null(socket.FindLink("br1"));
    });

    [Fact]
    public void An_error_names_the_request_that_failed() => _namespace.Run(() =>
    {
        using NetlinkSocket socket = NetlinkSocket.Open(NetlinkProtocol.Route);
        MessageWriter writer = new();
        writer.SetUp("lo");
        writer.SetUp("none");

        SyscallException error = Assert.Throws<SyscallException>(() => socket.Send(writer));

        Assert.Equal(Errno.ENODEV, error.Errno);
        Assert.StartsWith("set none up", error.Message, StringComparison.Ordinal);
        Assert.NotNull(socket.FindLink("lo")); // no answer of the failed send is left in the socket
    });

    [Fact]
    public void The_kernels_own_sentence_is_in_the_error() => _namespace.Run(() =>
    {
        using NetlinkSocket socket = NetlinkSocket.Open(NetlinkProtocol.Route);
        MessageWriter writer = new();
        writer.AddDefaultRoute(1, IPAddress.Parse("192.0.2.1"));

        SyscallException error = Assert.Throws<SyscallException>(() => socket.Send(writer));

        Assert.Contains("Nexthop has invalid gateway", error.Message, StringComparison.Ordinal);
    });

    [Fact]
    public void A_socket_opened_in_another_namespace_stays_there_and_the_thread_does_not()
    {
        using NetworkNamespace other = new();
        other.Sh("ip link add inner type bridge");
        _namespace.Run(() =>
        {
            using NetlinkSocket socket = NetlinkSocket.OpenIn(other.Fd, NetlinkProtocol.Route);
            using NetlinkSocket own = NetlinkSocket.Open(NetlinkProtocol.Route);

            Assert.NotNull(socket.FindLink("inner"));
            Assert.Null(own.FindLink("inner"));
        });
    }

    [Fact]
    public void A_batch_is_done_as_a_whole_or_not_at_all() => _namespace.Run(() =>
    {
        using NetlinkSocket socket = NetlinkSocket.Open(NetlinkProtocol.Netfilter);
        NftBatch batch = new(NftFamily.Inet, "t");
        batch.AddTable();
        batch.AddChain("c");
        batch.AddRule("missing", r => r.Accept());

        SyscallException error = Assert.Throws<SyscallException>(() => batch.Commit(socket));

        Assert.Equal(Errno.ENOENT, error.Errno);
        Assert.StartsWith("add rule t missing", error.Message, StringComparison.Ordinal);
        Assert.False(socket.TableExists(NftFamily.Inet, "t"));
    });
}
