using System.Net;
using System.Text.Json;
using Sampan.Linux.Errors;
using Sampan.Networks;

namespace Sampan.Tests.Networks;

/// <summary>Every test has its own "host" in a fresh network namespace; ip(8), nft(8) and ping(8) look at the results.</summary>
public sealed class BridgeNetworkTests : IDisposable
{
    private static readonly BridgeNetworkOptions Default = new("sampan0", null);

    private readonly string _state = Directory.CreateTempSubdirectory("sampan-net-").FullName;
    private readonly List<NetworkNamespace> _namespaces = [];
    private readonly NetworkNamespace _host;

    public BridgeNetworkTests()
    {
        Assert.SkipUnless(Environment.IsPrivilegedProcess, "needs root: makes network namespaces");
        _host = New();
    }

    public void Dispose()
    {
        foreach (NetworkNamespace made in _namespaces) made.Dispose();
        Directory.Delete(_state, recursive: true);
    }

    [Fact]
    public void A_container_gets_eth0_with_address_mac_and_default_routes()
    {
        NetworkNamespace container = New();

        NetworkAttachment attachment = Attach("one", container);

        JsonElement eth0 = container.Json("ip -j address show eth0")[0];
        Assert.Equal("UP", eth0.GetProperty("operstate").GetString());
        Assert.Equal(attachment.Mac, eth0.GetProperty("address").GetString());
        string addresses = container.Sh("ip -o address show eth0");
        Assert.Contains("inet 10.88.0.2/16", addresses, StringComparison.Ordinal);
        Assert.Contains($"inet6 {attachment.Address6}/64", addresses, StringComparison.Ordinal);
        Assert.Contains("default via 10.88.0.1 dev eth0", container.Sh("ip route"), StringComparison.Ordinal);
        Assert.Contains($"default via {attachment.Gateway6} dev eth0", container.Sh("ip -6 route"), StringComparison.Ordinal);
        Assert.Contains("sampan0", _host.Sh($"ip -j link show {attachment.HostVeth}"), StringComparison.Ordinal);
        container.Sh("ping -c1 -W1 10.88.0.1");
        container.Sh($"ping -c1 -W3 {attachment.Gateway6}");
    }

    [Fact]
    public void The_given_subnet_gives_dot_one_to_the_bridge_and_dot_two_to_the_first_container()
    {
        NetworkNamespace container = New();

        Attach("one", container, new BridgeNetworkOptions("sampan0", "100.100.1.0/24"));

        Assert.Contains("inet 100.100.1.1/24", _host.Sh("ip address show sampan0"), StringComparison.Ordinal);
        Assert.Contains("inet 100.100.1.2/24", container.Sh("ip address show eth0"), StringComparison.Ordinal);
        Assert.Equal("1", _host.Sh("cat /proc/sys/net/ipv4/ip_forward").Trim());
        Assert.Contains("oifname != \"sampan0\" ip saddr 100.100.1.0/24 masquerade", _host.Sh("nft list ruleset"), StringComparison.Ordinal);
    }

    [Fact]
    public void Another_subnet_gets_a_bridge_of_its_own_and_is_kept_apart()
    {
        NetworkNamespace one = New(), two = New();

        NetworkAttachment first = Attach("one", one);
        NetworkAttachment second = Attach("two", two, new BridgeNetworkOptions("sampan0", "100.100.1.0/24"));

        Assert.Equal("sampan0", first.Bridge);
        Assert.StartsWith("sampan-", second.Bridge, StringComparison.Ordinal);
        Assert.False(one.Succeeds("ping -c1 -W1 100.100.1.2"));
    }

    [Fact]
    public void Two_containers_reach_each_other()
    {
        NetworkNamespace one = New(), two = New();
        Attach("one", one);
        NetworkAttachment second = Attach("two", two);

        one.Sh($"ping -c1 -W1 {second.Address}");
        // the first packet of IPv6 may be a second late (docs/decisions/063-first-packets.md)
        one.Sh($"ping -c1 -W3 {second.Address6}");
    }

    [Fact]
    public void A_host_outside_sees_the_address_of_our_host_only()
    {
        (NetworkNamespace outside, NetworkNamespace container) = (Outside(), New());
        Attach("one", container);

        using IDisposable service = outside.Serve(IPAddress.Any, 7000);
        using IDisposable service6 = outside.Serve(IPAddress.IPv6Any, 7001);

        Assert.Equal("203.0.113.1", container.Call("203.0.113.2", 7000));
        Assert.Equal("2001:db8::1", container.Call("2001:db8::2", 7001));
    }

    [Fact]
    public void A_published_port_is_reached_from_outside_from_the_host_from_loopback_and_from_neighbours()
    {
        (NetworkNamespace outside, NetworkNamespace container, NetworkNamespace neighbour) = (Outside(), New(), New());
        NetworkAttachment attachment = Attach("one", container, Default, "8080:80");
        Attach("two", neighbour);
        using IDisposable service = container.Serve(IPAddress.Any, 80);
        using IDisposable service6 = container.Serve(attachment.Address6!, 80);

        Assert.Equal("203.0.113.2", outside.Call("203.0.113.1", 8080));
        Assert.Equal("2001:db8::2", outside.Call("2001:db8::1", 8080));
        Assert.NotNull(_host.Call("203.0.113.1", 8080));
        Assert.Equal("10.88.0.1", _host.Call("127.0.0.1", 8080));
        Assert.NotNull(neighbour.Call("203.0.113.1", 8080));
        Assert.NotNull(container.Call("203.0.113.1", 8080));
    }

    [Fact]
    public void A_port_on_loopback_is_reached_by_the_host_only()
    {
        (NetworkNamespace outside, NetworkNamespace container, NetworkNamespace neighbour) = (Outside(), New(), New());
        Attach("one", container, Default, "127.0.0.1:8080:80");
        Attach("two", neighbour);
        using IDisposable service = container.Serve(IPAddress.Any, 80);
        using IDisposable hostService = _host.Serve(IPAddress.Loopback, 9000);
        foreach (NetworkNamespace attacker in (NetworkNamespace[])[outside, neighbour])
        {
            // an attacker on the wire routes 127.0.0.1 at us
            attacker.Sh("sysctl -qw net.ipv4.conf.all.route_localnet=1");
            attacker.Sh("ip route flush table local match 127.0.0.0/8; ip route replace 127.0.0.1 via $(ip -4 route show default | grep -q . && echo 10.88.0.1 || echo 203.0.113.1) dev eth0 src $(ip -4 -o addr show eth0 | sed 's,.*inet \\([^/]*\\)/.*,\\1,')");
        }

        Assert.NotNull(_host.Call("127.0.0.1", 8080));
        Assert.Null(outside.Call("203.0.113.1", 8080));
        Assert.Null(outside.Call("127.0.0.1", 8080));
        Assert.Null(neighbour.Call("127.0.0.1", 9000));
    }

    [Fact]
    public void A_container_is_not_reached_by_routing_at_its_address()
    {
        (NetworkNamespace outside, NetworkNamespace container) = (Outside(), New());
        Attach("one", container, Default, "127.0.0.1:8080:80");
        using IDisposable service = container.Serve(IPAddress.Any, 80);
        outside.Sh("ip route add 10.88.0.0/16 via 203.0.113.1");

        Assert.Null(outside.Call("10.88.0.2", 80));
        Assert.Contains("packets", _host.Sh("nft list chain inet sampan0 forward"), StringComparison.Ordinal);
        _host.Sh("nft delete chain inet sampan0 forward"); // the attack does work where nothing stops it
        Assert.NotNull(outside.Call("10.88.0.2", 80));
    }

    [Fact]
    public void A_forward_policy_of_drop_does_not_stop_us_and_is_left_as_it_was()
    {
        (NetworkNamespace outside, NetworkNamespace container) = (Outside(), New());
        _host.Sh("iptables-nft -P FORWARD DROP && iptables-nft -A FORWARD -i foreign0 -j ACCEPT && ip6tables-nft -P FORWARD DROP");
        string before = _host.Sh("iptables-nft -S FORWARD; ip6tables-nft -S FORWARD");
        NetworkAttachment attachment = Attach("one", container, Default, "8080:80");
        using IDisposable service = container.Serve(IPAddress.Any, 80);
        using IDisposable far = outside.Serve(IPAddress.Any, 7000);

        Assert.NotNull(outside.Call("203.0.113.1", 8080));
        Assert.NotNull(container.Call("203.0.113.2", 7000));
        Assert.Contains("-A FORWARD -i sampan0", _host.Sh("iptables-nft -S FORWARD"), StringComparison.Ordinal);

        _host.Run(() => BridgeNetwork.Detach(_state, attachment));
        Assert.Equal(before, _host.Sh("iptables-nft -S FORWARD; ip6tables-nft -S FORWARD"));
    }

    [Fact]
    public void A_flushed_ruleset_is_restored_while_containers_run()
    {
        (NetworkNamespace outside, NetworkNamespace container) = (Outside(), New());
        Attach("one", container, Default, "8080:80");
        using IDisposable service = container.Serve(IPAddress.Any, 80);
        using IDisposable far = outside.Serve(IPAddress.Any, 7000);
        string before = _host.Sh("nft list ruleset");
        _host.Sh("nft flush ruleset");
        Assert.Null(outside.Call("203.0.113.1", 8080));

        _host.Run(() => BridgeNetwork.Repair(_state));

        Assert.Equal(before, _host.Sh("nft list ruleset"));
        Assert.NotNull(outside.Call("203.0.113.1", 8080));
        Assert.NotNull(container.Call("203.0.113.2", 7000));
    }

    [Fact]
    public void A_table_that_looks_like_firewallds_is_passed_and_left_as_it_was()
    {
        (NetworkNamespace outside, NetworkNamespace container) = (Outside(), New());
        _host.Sh("nft 'table inet firewalld { chain filter_FORWARD { type filter hook forward priority 10; ct state established,related accept; "
            + "ct state invalid drop; reject with icmpx admin-prohibited; }; }'");
        string before = _host.Sh("nft list table inet firewalld");
        NetworkAttachment attachment = Attach("one", container, Default, "8080:80");
        using IDisposable service = container.Serve(IPAddress.Any, 80);
        using IDisposable far = outside.Serve(IPAddress.Any, 7000);

        Assert.NotNull(outside.Call("203.0.113.1", 8080));
        Assert.NotNull(container.Call("203.0.113.2", 7000));
        Assert.Empty(_host.Run(() => BridgeNetwork.ForeignObstacles("sampan0")));

        _host.Run(() => BridgeNetwork.Detach(_state, attachment));
        Assert.Equal(before, _host.Sh("nft list table inet firewalld"));
    }

    [Fact]
    public void A_foreign_chain_that_drops_is_told_and_not_changed()
    {
        _host.Sh("nft 'table inet mine { chain wall { type filter hook forward priority 0; policy drop; }; }'");
        string before = _host.Sh("nft list table inet mine");
        Attach("one", New());

        string line = Assert.Single(_host.Run(() => BridgeNetwork.ForeignObstacles("sampan0")));

        Assert.Contains("nft insert rule inet mine wall iifname sampan0 accept", line, StringComparison.Ordinal);
        Assert.Equal(before, _host.Sh("nft list table inet mine"));
    }

    [Fact]
    public void Host_and_container_know_each_other_without_asking()
    {
        NetworkNamespace container = New();
        NetworkAttachment attachment = Attach("one", container);

        Assert.Contains($"lladdr {attachment.Mac} REACHABLE", _host.Sh($"ip neigh show {attachment.Address}"), StringComparison.Ordinal);
        Assert.Contains($"lladdr {attachment.Mac} REACHABLE", _host.Sh($"ip neigh show {attachment.Address6}"), StringComparison.Ordinal);
        string bridge = _host.Json("ip -j link show sampan0")[0].GetProperty("address").GetString()!;
        Assert.Contains($"lladdr {bridge} REACHABLE", container.Sh($"ip neigh show {attachment.Gateway}"), StringComparison.Ordinal);
        Assert.Contains($"lladdr {bridge} REACHABLE", container.Sh($"ip neigh show {attachment.Gateway6}"), StringComparison.Ordinal);
    }

    [Fact]
    public void Detach_leaves_nothing_and_may_be_repeated()
    {
        NetworkAttachment attachment = Attach("one", New(), Default, "8080:80", "127.0.0.1:9090:90/udp", "[::]:7070:70");

        _host.Run(() => BridgeNetwork.Detach(_state, attachment));
        _host.Run(() => BridgeNetwork.Detach(_state, attachment));

        AssertNothingLeft();
    }

    [Fact]
    public void A_bridge_that_was_half_made_by_a_killed_process_is_made_again()
    {
        NetworkAttachment first = Attach("one", New());
        _host.Sh("ip link delete sampan0 && ip link add sampan0 type bridge");
        string state = File.ReadAllText($"{_state}/sampan0.bridge");
        File.WriteAllText($"{_state}/sampan0.bridge", state.Replace("ready", "making", StringComparison.Ordinal));
        File.WriteAllText($"{_state}/10.88.0.9.new", "half");
        NetworkNamespace container = New();

        NetworkAttachment second = Attach("two", container);

        container.Sh("ping -c1 -W1 10.88.0.1");
        foreach (NetworkAttachment attachment in (NetworkAttachment[])[first, second]) _host.Run(() => BridgeNetwork.Detach(_state, attachment));
        AssertNothingLeft();
    }

    [Fact]
    public void A_bridge_of_that_name_that_is_not_ours_is_not_touched()
    {
        _host.Sh("ip link add sampan0 type bridge");

        NetworkException error = Assert.Throws<NetworkException>(() => Attach("one", New()));

        Assert.Contains("is not ours", error.Message, StringComparison.Ordinal);
        _host.Sh("ip link show sampan0");
    }

    [Fact]
    public void Without_IPv6_there_is_IPv4()
    {
        NetworkNamespace container = New();
        container.Sh("sysctl -qw net.ipv6.conf.all.disable_ipv6=1 net.ipv6.conf.default.disable_ipv6=1");

        Assert.Null(Attach("one", container).Address6);
        container.Sh("ping -c1 -W1 10.88.0.1");
    }

    [Fact]
    public void A_host_without_IPv6_gives_IPv4_only()
    {
        _host.Sh("sysctl -qw net.ipv6.conf.all.disable_ipv6=1 net.ipv6.conf.default.disable_ipv6=1");
        NetworkNamespace container = New();

        Assert.Null(Attach("one", container, Default, "8080:80").Address6);
        using IDisposable service = container.Serve(IPAddress.Any, 80);
        Assert.NotNull(_host.Call("127.0.0.1", 8080));
    }

    [Fact]
    public void Router_advertisements_are_still_accepted_when_the_host_begins_to_forward()
    {
        Outside();
        _host.Sh("sysctl -qw net.ipv6.conf.wire0.accept_ra=1");

        Attach("one", New());

        Assert.Equal("2", _host.Sh("cat /proc/sys/net/ipv6/conf/wire0/accept_ra").Trim());
        Assert.Equal("1", _host.Sh("cat /proc/sys/net/ipv6/conf/all/forwarding").Trim());
    }

    [Fact]
    public void A_killed_container_is_swept_by_its_id_alone()
    {
        NetworkNamespace container = New();
        Attach("one", container, Default, "8080:80");
        container.Sh("ip link delete eth0");

        Assert.Equal(["one"], BridgeNetwork.Attached(_state));
        _host.Run(() => BridgeNetwork.DetachContainer(_state, "one"));

        AssertNothingLeft();
    }

    [Fact]
    public void An_attach_that_fails_half_way_leaves_nothing()
    {
        NetworkNamespace container = New();
        container.Sh("ip link add eth0 type bridge");

        Assert.Throws<SyscallException>(() => Attach("one", container, Default, "8080:80"));

        AssertNothingLeft();
    }

    [Fact]
    public void An_address_is_used_again()
    {
        NetworkAttachment first = Attach("one", New());
        NetworkAttachment second = Attach("two", New());
        _host.Run(() => BridgeNetwork.Detach(_state, first));

        NetworkAttachment third = Attach("three", New());

        Assert.Equal("10.88.0.3", second.Address.ToString());
        Assert.Equal(first.Address, third.Address);
    }

    [Fact]
    public void A_busy_port_is_a_clear_error_and_leaves_nothing()
    {
        using IDisposable service = _host.Serve(IPAddress.Any, 8080);

        NetworkException error = Assert.Throws<NetworkException>(() => Attach("one", New(), Default, "8080:80"));

        Assert.Equal("port 8080/tcp is already in use", error.Message);
        AssertNothingLeft();
    }

    [Fact]
    public void A_port_of_another_container_is_busy_also_under_one_of_its_addresses()
    {
        Attach("one", New(), Default, "8080:80");

        Assert.Throws<NetworkException>(() => Attach("two", New(), Default, "127.0.0.1:8080:80"));
        Attach("three", New(), Default, "8080:80/udp");
    }

    [Fact]
    public void Host_port_0_becomes_a_free_port()
    {
        NetworkNamespace container = New();
        NetworkAttachment attachment = Attach("one", container, Default, "80");
        using IDisposable service = container.Serve(IPAddress.Any, 80);

        Assert.NotNull(_host.Call("127.0.0.1", attachment.Ports[0].HostPort));
    }

    [Fact]
    public void A_flushed_ruleset_comes_back_with_all_ports()
    {
        NetworkNamespace container = New();
        Attach("one", container, Default, "8080:80");
        using IDisposable service = container.Serve(IPAddress.Any, 80);
        _host.Sh("nft flush ruleset");

        Attach("two", New());

        Assert.NotNull(_host.Call("127.0.0.1", 8080));
    }

    [Fact]
    public void A_subnet_that_the_host_routes_is_not_chosen_and_is_refused_when_asked_for()
    {
        _host.Sh("ip link add d0 up type bridge && ip address add 10.88.3.1/24 dev d0 && ip route add 10.89.0.0/24 dev d0");

        Assert.Throws<NetworkException>(() => Attach("one", New(), new BridgeNetworkOptions("sampan0", "10.88.0.0/16")));
        Assert.Equal("10.90.0.2", Attach("two", New()).Address.ToString());
    }

    [Fact]
    public void Eight_at_the_same_time_get_eight_addresses()
    {
        NetworkNamespace[] containers = [.. Enumerable.Range(0, 8).Select(_ => New())];
        NetworkAttachment[] attachments = new NetworkAttachment[8];
        // each attaches from a thread of its own that has entered the host's namespace
        NetworkNamespace[] callers = [.. Enumerable.Range(0, 8).Select(_ => New())];
        foreach (NetworkNamespace caller in callers) caller.Enter(_host.Fd);
        Parallel(8, i => attachments[i] = callers[i].Run(() => BridgeNetwork.Attach(_state, $"c{i}", containers[i].Fd, Default, [])));

        Assert.Equal(8, attachments.Select(a => a.Address).Distinct().Count());
        foreach (NetworkNamespace container in containers) container.Sh("ping -c1 -W1 10.88.0.1");
        Parallel(8, i => callers[i].Run(() => BridgeNetwork.Detach(_state, attachments[i])));
        AssertNothingLeft();
    }

    [Fact]
    public void An_attachment_survives_its_json()
    {
        NetworkAttachment attachment = Attach("one", New(), Default, "8080:80", "[::1]:9090:90/udp");
        using MemoryStream stream = new();
        using (Utf8JsonWriter json = new(stream)) attachment.WriteTo(json);

        NetworkAttachment read = NetworkAttachment.From(JsonDocument.Parse(stream.ToArray()).RootElement);

        Assert.Equal(attachment with { Ports = [] }, read with { Ports = [] });
        Assert.Equal(attachment.Ports, read.Ports);
    }

    private static void Parallel(int count, Action<int> action)
    {
        Task[] tasks = [.. Enumerable.Range(0, count).Select(i => Task.Factory.StartNew(() => action(i), TaskCreationOptions.LongRunning))];
        Task.WaitAll(tasks);
    }

    private NetworkNamespace New()
    {
        NetworkNamespace made = new();
        _namespaces.Add(made);
        return made;
    }

    /// <summary>Another host on the wire, 203.0.113.2, that knows no route but the wire; ours is 203.0.113.1.</summary>
    private NetworkNamespace Outside()
    {
        NetworkNamespace outside = New();
        _host.Sh($"ip link add wire0 type veth peer name eth0 netns {outside.Path} && sysctl -qw net.ipv6.conf.wire0.accept_dad=0 && ip link set wire0 up && "
            + "ip address add 203.0.113.1/24 dev wire0 && ip address add 2001:db8::1/64 dev wire0 nodad");
        outside.Sh("ip link set eth0 up && ip address add 203.0.113.2/24 dev eth0 && ip address add 2001:db8::2/64 dev eth0 nodad");
        return outside;
    }

    private NetworkAttachment Attach(string id, NetworkNamespace container, BridgeNetworkOptions? options = null, params string[] ports) =>
        _host.Run(() => BridgeNetwork.Attach(_state, id, container.Fd, options ?? Default, [.. ports.SelectMany(PublishedPort.Parse)]));

    private void AssertNothingLeft()
    {
        Assert.DoesNotContain("sampan", _host.Sh("ip -o link"), StringComparison.Ordinal);
        Assert.DoesNotContain(": sp", _host.Sh("ip -o link"), StringComparison.Ordinal);
        Assert.Equal("", _host.Sh("nft list tables"));
        Assert.Empty(Directory.EnumerateFileSystemEntries(_state));
    }
}
