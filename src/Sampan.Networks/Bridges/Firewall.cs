using System.Buffers.Binary;
using System.Net;
using System.Net.Sockets;
using Sampan.Linux.Errors;
using Sampan.Linux.Netlink;
using Sampan.Linux.Netlink.Nftables;

namespace Sampan.Networks.Bridges;

/// <summary>
/// The nf_tables table of one bridge, <c>inet NAME</c>, named like it. Rules are made once; publishing a port only adds
/// elements to its maps. Why the rules are what they are: docs/decisions/010-firewall.md.
/// </summary>
internal sealed class Firewall(NetlinkSocket socket, BridgeState bridge)
{
    private static readonly IPNetwork Loopback = new(new IPAddress([127, 0, 0, 0]), 8);
    private static readonly IPNetwork Loopback6 = new(IPAddress.IPv6Loopback, 128);

    private static readonly NftMap Any4 = Map("published4", false, 4);
    private static readonly NftMap At4 = Map("published4_at", true, 4);
    private static readonly NftMap Any6 = Map("published6", false, 16);
    private static readonly NftMap At6 = Map("published6_at", true, 16);

    private string Name => bridge.Name;

    public bool Exists => socket.TableExists(NftFamily.Inet, Name);

    /// <summary>Makes what "nft flush ruleset" or another firewall's restart took away; nothing where all is there.</summary>
    public void Restore(IEnumerable<NetworkAttachment> attached)
    {
        if (!Exists) Create(attached);
        new ForeignFirewalls(socket).Pass(Name);
    }

    /// <summary>The table with the ports of the containers that are attached already, in one transaction.</summary>
    public void Create(IEnumerable<NetworkAttachment> attached)
    {
        NftBatch batch = new(NftFamily.Inet, Name);
        batch.AddTable();
        foreach (NftMap map in (NftMap[])[At4, Any4, At6, Any6]) batch.AddMap(map);

        // nobody but this host itself may send to 127.0.0.0/8, although route_localnet is on for the bridge (CVE-2020-8558)
        batch.AddBaseChain("guard", "filter", NftHook.Prerouting, -300);
        batch.AddRule("guard", r => r.NotFrom("lo").Destination(Loopback).Drop());

        // from containers everything; to them answers and published ports, and nothing that is merely routed at them
        batch.AddBaseChain("forward", "filter", NftHook.Forward, 0);
        batch.AddRule("forward", r => r.From(Name).Accept());
        batch.AddRule("forward", r => r.To(Name).State(ConnectionState.Established | ConnectionState.Related).Accept());
        batch.AddRule("forward", r => r.To(Name).WasRedirected().Accept());
        batch.AddRule("forward", r => r.To(Name).Count().Drop());

        batch.AddChain("published");
        // the kernel does not route ::1 off the host: refused at once is better than a connection that hangs
        batch.AddRule("published", r => r.Destination(Loopback6).Return());
        batch.AddRule("published", r => r.Family(AddressFamily.InterNetwork).RedirectBy(At4, AddressFamily.InterNetwork, true));
        batch.AddRule("published", r => r.Family(AddressFamily.InterNetwork).RedirectBy(Any4, AddressFamily.InterNetwork, false));
        batch.AddRule("published", r => r.Family(AddressFamily.InterNetworkV6).RedirectBy(At6, AddressFamily.InterNetworkV6, true));
        batch.AddRule("published", r => r.Family(AddressFamily.InterNetworkV6).RedirectBy(Any6, AddressFamily.InterNetworkV6, false));
        batch.AddBaseChain("prerouting", "nat", NftHook.Prerouting, -100);
        batch.AddRule("prerouting", r => r.DestinationIsLocal().Jump("published"));
        batch.AddBaseChain("output", "nat", NftHook.Output, -100);
        batch.AddRule("output", r => r.DestinationIsLocal().Jump("published"));

        batch.AddBaseChain("postrouting", "nat", NftHook.Postrouting, 100);
        batch.AddRule("postrouting", r => r.To(Name).Source(Loopback).Masquerade());
        foreach (IPNetwork subnet in bridge.Subnet6 is { } six ? (IPNetwork[])[bridge.Subnet, six] : [bridge.Subnet])
        {
            batch.AddRule("postrouting", r => r.NotTo(Name).Source(subnet).Masquerade());
            // a container that reaches its neighbour through the host's address: the answer must come back the same way
            batch.AddRule("postrouting", r => r.To(Name).Source(subnet).WasRedirected().Masquerade());
        }
        foreach (NetworkAttachment attachment in attached)
            if (attachment.Bridge == Name) Add(batch, attachment);
        batch.Commit(socket);
    }

    public void Publish(NetworkAttachment attachment)
    {
        if (attachment.Ports.Count == 0) return;
        NftBatch batch = new(NftFamily.Inet, Name);
        Add(batch, attachment);
        batch.Commit(socket);
    }

    /// <summary>Removes the ports of a container, also where only some of them, or no table, are there.</summary>
    public void Withdraw(NetworkAttachment attachment)
    {
        foreach ((NftMap map, byte[] key, _) in Elements(attachment))
        {
            // one transaction each: an element that is missing must not keep the others
            NftBatch batch = new(NftFamily.Inet, Name);
            batch.DeleteElement(map, key);
            try
            {
                batch.Commit(socket);
            }
            catch (SyscallException e) when (e.Errno is Errno.ENOENT)
            {
            }
        }
    }

    public void Remove()
    {
        new ForeignFirewalls(socket).Withdraw(Name);
        if (!Exists) return;
        NftBatch table = new(NftFamily.Inet, Name);
        table.DeleteTable();
        table.Commit(socket);
    }

    private static NftMap Map(string name, bool hasAddress, int addressLength)
    {
        uint address = addressLength == 4 ? NftMap.Ipv4 : NftMap.Ipv6;
        uint key = hasAddress ? NftMap.Concatenate(address, NftMap.Protocol, NftMap.Service) : NftMap.Concatenate(NftMap.Protocol, NftMap.Service);
        return new NftMap(name, key, (hasAddress ? addressLength : 0) + 8, NftMap.Concatenate(address, NftMap.Service), addressLength + 4);
    }

    private static void Add(NftBatch batch, NetworkAttachment attachment)
    {
        foreach ((NftMap map, byte[] key, byte[] data) in Elements(attachment)) batch.AddElement(map, key, data);
    }

    private static IEnumerable<(NftMap Map, byte[] Key, byte[] Data)> Elements(NetworkAttachment attachment)
    {
        foreach (PublishedPort port in attachment.Ports)
        {
            bool every = port.IsEveryAddress;
            if (port.Covers(AddressFamily.InterNetwork))
                yield return (every ? Any4 : At4, Key(port), Data(attachment.Address, port));
            if (port.Covers(AddressFamily.InterNetworkV6) && attachment.Address6 is not null)
                yield return (every ? Any6 : At6, Key(port), Data(attachment.Address6, port));
        }
    }

    private static byte[] Key(PublishedPort port)
    {
        byte[] address = port.IsEveryAddress ? [] : port.HostAddress!.GetAddressBytes();
        byte[] key = new byte[address.Length + 8];
        address.CopyTo(key, 0);
        key[address.Length] = port.ProtocolNumber;
        BinaryPrimitives.WriteUInt16BigEndian(key.AsSpan(address.Length + 4), (ushort)port.HostPort);
        return key;
    }

    private static byte[] Data(IPAddress container, PublishedPort port)
    {
        byte[] address = container.GetAddressBytes();
        byte[] data = new byte[address.Length + 4];
        address.CopyTo(data, 0);
        BinaryPrimitives.WriteUInt16BigEndian(data.AsSpan(address.Length), (ushort)port.ContainerPort);
        return data;
    }
}
