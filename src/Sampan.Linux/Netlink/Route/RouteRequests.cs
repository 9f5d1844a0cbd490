using System.Net;
using System.Net.Sockets;
using System.Runtime.InteropServices;
using Sampan.Linux.Files;

namespace Sampan.Linux.Netlink.Route;

/// <summary>Requests of rtnetlink(7), appended to a <see cref="MessageWriter"/> so that several travel in one send.</summary>
public static class RouteRequests
{
    private const int NewLink = 16, DeleteLink = 17, GetLink = 18, NewAddress = 20, GetAddress = 22, NewRoute = 24, GetRoute = 26, NewNeighbor = 28;
    private const int InterfaceAddress = 1, InterfaceName = 3, Master = 10, LinkInfo = 18, NamespaceFd = 28;
    private const int InfoKind = 1, InfoData = 2, VethPeer = 1;
    private const uint Up = 1;
    private const byte NoDuplicateDetection = 0x02;

    private const MessageFlags Change = MessageFlags.Request | MessageFlags.Acknowledge;
    private const MessageFlags Make = Change | MessageFlags.Create | MessageFlags.Exclusive;

    /// <summary>ip link add NAME address MAC type bridge. A fixed MAC keeps it from changing as ports come and go.</summary>
    public static void AddBridge(this MessageWriter writer, string name, ReadOnlySpan<byte> mac)
    {
        writer.Begin(NewLink, Make, $"add bridge {name}");
        LinkHeader(writer, 0, 0, 0);
        writer.Put(InterfaceName, name);
        writer.Put(InterfaceAddress, mac);
        int info = writer.BeginNest(LinkInfo);
        writer.Put(InfoKind, "bridge");
        writer.EndNest(info);
    }

    /// <summary>A veth pair, veth(4): one end here, up and a port of the bridge; the other made directly in its namespace,
    /// under its final name and MAC, so that it never needs to be moved or renamed.</summary>
    public static void AddVeth(this MessageWriter writer, string name, int bridgeIndex, string peerName, ReadOnlySpan<byte> peerMac, Fd peerNamespace)
    {
        writer.Begin(NewLink, Make, $"add veth {name} peer {peerName}");
        LinkHeader(writer, 0, Up, Up);
        writer.Put(InterfaceName, name);
        writer.Put(Master, (uint)bridgeIndex);
        int info = writer.BeginNest(LinkInfo);
        writer.Put(InfoKind, "veth");
        int data = writer.BeginNest(InfoData);
        int peer = writer.BeginNest(VethPeer);
        LinkHeader(writer, 0, 0, 0);
        writer.Put(InterfaceName, peerName);
        writer.Put(InterfaceAddress, peerMac);
        writer.Put(NamespaceFd, (uint)peerNamespace.Number);
        writer.EndNest(peer);
        writer.EndNest(data);
        writer.EndNest(info);
    }

    /// <summary>Lets a port of a bridge get back what it sent itself (hairpin mode): <c>bridge link set dev NAME hairpin on</c>.</summary>
    public static void SetHairpin(this MessageWriter writer, string port)
    {
        writer.Begin(NewLink, Change, $"set {port} hairpin on");
        LinkHeader(writer, 0, 0, 0);
        writer.Put(InterfaceName, port);
        int info = writer.BeginNest(LinkInfo);
        writer.Put(4, "bridge"); // IFLA_INFO_SLAVE_KIND
        int data = writer.BeginNest(5); // IFLA_INFO_SLAVE_DATA
        writer.Put(4, [1]); // IFLA_BRPORT_MODE
        writer.EndNest(data);
        writer.EndNest(info);
    }

    public static void SetUp(this MessageWriter writer, string name)
    {
        writer.Begin(NewLink, Change, $"set {name} up");
        LinkHeader(writer, 0, Up, Up);
        writer.Put(InterfaceName, name);
    }

    public static void SetUp(this MessageWriter writer, int index)
    {
        writer.Begin(NewLink, Change, $"set link {index} up");
        LinkHeader(writer, index, Up, Up);
    }

    public static void SetMaster(this MessageWriter writer, int index, int bridgeIndex)
    {
        writer.Begin(NewLink, Change, $"set link {index} master {bridgeIndex}");
        LinkHeader(writer, index, 0, 0);
        writer.Put(Master, (uint)bridgeIndex);
    }

    public static void DeleteLinkNamed(this MessageWriter writer, string name)
    {
        writer.Begin(DeleteLink, Change, $"delete link {name}");
        LinkHeader(writer, 0, 0, 0);
        writer.Put(InterfaceName, name);
    }

    /// <summary>ip address add; an IPv6 address is usable at once (IFA_F_NODAD): nobody else can have it on our own bridge.</summary>
    public static void AddAddress(this MessageWriter writer, int index, IPAddress address, int prefixLength)
    {
        writer.Begin(NewAddress, Make, $"add address {address}/{prefixLength} to link {index}");
        bool v4 = address.AddressFamily == AddressFamily.InterNetwork;
        Span<byte> header = writer.Take(8);
        header[0] = (byte)(v4 ? 2 : 10);
        header[1] = (byte)prefixLength;
        header[2] = v4 ? (byte)0 : NoDuplicateDetection;
        MemoryMarshal.Write(header[4..], index);
        writer.Put(2, address); // IFA_LOCAL
        writer.Put(1, address); // IFA_ADDRESS
        if (v4) writer.Put(4, Broadcast(address, prefixLength));
    }

    /// <summary>ip route add default via GATEWAY.</summary>
    public static void AddDefaultRoute(this MessageWriter writer, int index, IPAddress gateway)
    {
        writer.Begin(NewRoute, Make, $"add default route via {gateway}");
        Span<byte> header = writer.Take(12);
        header[0] = (byte)(gateway.AddressFamily == AddressFamily.InterNetwork ? 2 : 10);
        header[4] = 254; // RT_TABLE_MAIN
        header[5] = 3; // RTPROT_BOOT: made by an administrator's tool, as ip(8) marks it
        header[7] = 1; // RTN_UNICAST, in the universal scope 0
        writer.Put(5, gateway); // RTA_GATEWAY
        writer.Put(4, (uint)index); // RTA_OIF
    }

    /// <summary>ip neigh replace ADDRESS lladdr MAC nud reachable: known without having to ask. It ages as one that was asked for,
    /// so a neighbor that changes its MAC is found again.</summary>
    public static void SetNeighbor(this MessageWriter writer, int index, IPAddress address, ReadOnlySpan<byte> mac)
    {
        writer.Begin(NewNeighbor, Change | MessageFlags.Create | MessageFlags.Replace, $"set neighbor {address} on link {index}");
        Span<byte> header = writer.Take(12); // struct ndmsg
        header[0] = (byte)(address.AddressFamily == AddressFamily.InterNetwork ? 2 : 10);
        MemoryMarshal.Write(header[4..], index);
        header[8] = 0x02; // NUD_REACHABLE
        writer.Put(1, address); // NDA_DST
        writer.Put(2, mac); // NDA_LLADDR
    }

    internal static void GetLinkNamed(this MessageWriter writer, string name)
    {
        writer.Begin(GetLink, MessageFlags.Request, $"get link {name}");
        LinkHeader(writer, 0, 0, 0);
        writer.Put(InterfaceName, name);
    }

    internal static void DumpLinks(this MessageWriter writer)
    {
        writer.Begin(GetLink, MessageFlags.Request | MessageFlags.Dump, "list links");
        LinkHeader(writer, 0, 0, 0);
    }

    internal static void DumpAddresses(this MessageWriter writer)
    {
        writer.Begin(GetAddress, MessageFlags.Request | MessageFlags.Dump, "list addresses");
        writer.Take(8);
    }

    internal static void DumpRoutes(this MessageWriter writer, AddressFamily family)
    {
        writer.Begin(GetRoute, MessageFlags.Request | MessageFlags.Dump, "list routes");
        writer.Take(12)[0] = (byte)(family == AddressFamily.InterNetwork ? 2 : 10);
    }

    private static IPAddress Broadcast(IPAddress address, int prefixLength)
    {
        byte[] bytes = address.GetAddressBytes();
        for (int bit = prefixLength; bit < 32; bit++) bytes[bit / 8] |= (byte)(0x80 >> (bit % 8));
        return new IPAddress(bytes);
    }

    /// <summary><c>struct ifinfomsg</c>.</summary>
    private static void LinkHeader(MessageWriter writer, int index, uint flags, uint change)
    {
        Span<byte> header = writer.Take(16);
        MemoryMarshal.Write(header[4..], index);
        MemoryMarshal.Write(header[8..], flags);
        MemoryMarshal.Write(header[12..], change);
    }
}
