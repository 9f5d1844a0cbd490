using System.Net;
using System.Net.Sockets;
using Sampan.Linux.Files;
using static Sampan.Linux.Netlink.Route.RtNetlink;
using static Sampan.Linux.SysSocket;

namespace Sampan.Linux.Netlink.Route;

/// <summary>Requests of rtnetlink(7), appended to a <see cref="MessageWriter"/> so that several travel in one send.</summary>
public static class RouteRequests
{
    private const MessageFlags Change = MessageFlags.Request | MessageFlags.Acknowledge;
    private const MessageFlags Make = Change | MessageFlags.Create | MessageFlags.Exclusive;

    /// <summary>ip link add NAME address MAC type bridge. A fixed MAC keeps it from changing as ports come and go.</summary>
    public static void AddBridge(this MessageWriter writer, string name, ReadOnlySpan<byte> mac)
    {
        writer.Begin(RTM_NEWLINK, Make, $"add bridge {name}");
        LinkHeader(writer, 0, 0, 0);
        writer.Put(IFLA_IFNAME, name);
        writer.Put(IFLA_ADDRESS, mac);
        int info = writer.BeginNest(IFLA_LINKINFO);
        writer.Put(IFLA_INFO_KIND, "bridge");
        writer.EndNest(info);
    }

    /// <summary>A veth pair, veth(4): one end here, up and a port of the bridge; the other made directly in its namespace,
    /// under its final name and MAC, so that it never needs to be moved or renamed.</summary>
    public static void AddVeth(this MessageWriter writer, string name, int bridgeIndex, string peerName, ReadOnlySpan<byte> peerMac, Fd peerNamespace)
    {
        writer.Begin(RTM_NEWLINK, Make, $"add veth {name} peer {peerName}");
        LinkHeader(writer, 0, IFF_UP, IFF_UP);
        writer.Put(IFLA_IFNAME, name);
        writer.Put(IFLA_MASTER, (uint)bridgeIndex);
        int info = writer.BeginNest(IFLA_LINKINFO);
        writer.Put(IFLA_INFO_KIND, "veth");
        int data = writer.BeginNest(IFLA_INFO_DATA);
        int peer = writer.BeginNest(VETH_INFO_PEER);
        LinkHeader(writer, 0, 0, 0);
        writer.Put(IFLA_IFNAME, peerName);
        writer.Put(IFLA_ADDRESS, peerMac);
        writer.Put(IFLA_NET_NS_FD, (uint)peerNamespace.Number);
        writer.EndNest(peer);
        writer.EndNest(data);
        writer.EndNest(info);
    }

    /// <summary>Lets a port of a bridge get back what it sent itself (hairpin mode): <c>bridge link set dev NAME hairpin on</c>.</summary>
    public static void SetHairpin(this MessageWriter writer, string port)
    {
        writer.Begin(RTM_NEWLINK, Change, $"set {port} hairpin on");
        LinkHeader(writer, 0, 0, 0);
        writer.Put(IFLA_IFNAME, port);
        int info = writer.BeginNest(IFLA_LINKINFO);
        writer.Put(IFLA_INFO_SLAVE_KIND, "bridge");
        int data = writer.BeginNest(IFLA_INFO_SLAVE_DATA);
        writer.Put(IFLA_BRPORT_MODE, [1]);
        writer.EndNest(data);
        writer.EndNest(info);
    }

    public static void SetUp(this MessageWriter writer, string name)
    {
        writer.Begin(RTM_NEWLINK, Change, $"set {name} up");
        LinkHeader(writer, 0, IFF_UP, IFF_UP);
        writer.Put(IFLA_IFNAME, name);
    }

    public static void SetUp(this MessageWriter writer, int index)
    {
        writer.Begin(RTM_NEWLINK, Change, $"set link {index} up");
        LinkHeader(writer, index, IFF_UP, IFF_UP);
    }

    public static void SetMaster(this MessageWriter writer, int index, int bridgeIndex)
    {
        writer.Begin(RTM_NEWLINK, Change, $"set link {index} master {bridgeIndex}");
        LinkHeader(writer, index, 0, 0);
        writer.Put(IFLA_MASTER, (uint)bridgeIndex);
    }

    public static void DeleteLinkNamed(this MessageWriter writer, string name)
    {
        writer.Begin(RTM_DELLINK, Change, $"delete link {name}");
        LinkHeader(writer, 0, 0, 0);
        writer.Put(IFLA_IFNAME, name);
    }

    /// <summary>ip address add; an IPv6 address is usable at once (IFA_F_NODAD): nobody else can have it on our own bridge.</summary>
    public static void AddAddress(this MessageWriter writer, int index, IPAddress address, int prefixLength)
    {
        writer.Begin(RTM_NEWADDR, Make, $"add address {address}/{prefixLength} to link {index}");
        bool v4 = address.AddressFamily == AddressFamily.InterNetwork;
        writer.Header(new AddressHeader
        {
            Family = Family(address.AddressFamily),
            PrefixLength = (byte)prefixLength,
            Flags = v4 ? (byte)0 : IFA_F_NODAD,
            LinkIndex = index,
        });
        writer.Put(IFA_LOCAL, address);
        writer.Put(IFA_ADDRESS, address);
        if (v4) writer.Put(IFA_BROADCAST, Broadcast(address, prefixLength));
    }

    /// <summary>ip route add default via GATEWAY.</summary>
    public static void AddDefaultRoute(this MessageWriter writer, int index, IPAddress gateway)
    {
        writer.Begin(RTM_NEWROUTE, Make, $"add default route via {gateway}");
        writer.Header(new RouteHeader
        {
            Family = Family(gateway.AddressFamily),
            Table = RT_TABLE_MAIN,
            Origin = RTPROT_BOOT, // an administrator's tool, as ip(8) marks it
            Scope = RT_SCOPE_UNIVERSE,
            Type = RTN_UNICAST,
        });
        writer.Put(RTA_GATEWAY, gateway);
        writer.Put(RTA_OIF, (uint)index);
    }

    /// <summary>ip neigh replace ADDRESS lladdr MAC nud reachable: known without having to ask. It ages as one that was asked for,
    /// so a neighbor that changes its MAC is found again.</summary>
    public static void SetNeighbor(this MessageWriter writer, int index, IPAddress address, ReadOnlySpan<byte> mac)
    {
        writer.Begin(RTM_NEWNEIGH, Change | MessageFlags.Create | MessageFlags.Replace, $"set neighbor {address} on link {index}");
        writer.Header(new NeighborHeader { Family = Family(address.AddressFamily), LinkIndex = index, State = NUD_REACHABLE });
        writer.Put(NDA_DST, address);
        writer.Put(NDA_LLADDR, mac);
    }

    internal static void GetLinkNamed(this MessageWriter writer, string name)
    {
        writer.Begin(RTM_GETLINK, MessageFlags.Request, $"get link {name}");
        LinkHeader(writer, 0, 0, 0);
        writer.Put(IFLA_IFNAME, name);
    }

    internal static void DumpLinks(this MessageWriter writer)
    {
        writer.Begin(RTM_GETLINK, MessageFlags.Request | MessageFlags.Dump, "list links");
        LinkHeader(writer, 0, 0, 0);
    }

    internal static void DumpAddresses(this MessageWriter writer)
    {
        writer.Begin(RTM_GETADDR, MessageFlags.Request | MessageFlags.Dump, "list addresses");
        writer.Header(default(AddressHeader));
    }

    internal static void DumpRoutes(this MessageWriter writer, AddressFamily family)
    {
        writer.Begin(RTM_GETROUTE, MessageFlags.Request | MessageFlags.Dump, "list routes");
        writer.Header(new RouteHeader { Family = Family(family) });
    }

    private static IPAddress Broadcast(IPAddress address, int prefixLength)
    {
        byte[] bytes = address.GetAddressBytes();
        for (int bit = prefixLength; bit < 32; bit++) bytes[bit / 8] |= (byte)(0x80 >> (bit % 8));
        return new IPAddress(bytes);
    }

    private static byte Family(AddressFamily family) => (byte)(family == AddressFamily.InterNetwork ? AF_INET : AF_INET6);

    private static void LinkHeader(MessageWriter writer, int index, uint flags, uint change) =>
        writer.Header(new LinkHeader { Index = index, Flags = flags, Change = change });
}
