using System.Net;
using System.Net.Sockets;
using System.Runtime.InteropServices;
using Sampan.Linux.Errors;
using static Sampan.Linux.Netlink.Route.RtNetlink;

namespace Sampan.Linux.Netlink.Route;

/// <summary>What rtnetlink(7) knows: links, addresses, routes.</summary>
public static class RouteTables
{
    /// <summary>The link of that name, or null.</summary>
    public static Link? FindLink(this NetlinkSocket socket, string name)
    {
        MessageWriter request = new();
        request.GetLinkNamed(name);
        try
        {
            return ToLink(socket.QueryOne(request));
        }
        catch (SyscallException e) when (e.Errno is Errno.ENODEV)
        {
            return null;
        }
    }

    public static List<Link> Links(this NetlinkSocket socket)
    {
        MessageWriter request = new();
        request.DumpLinks();
        return socket.Query(request).ConvertAll(ToLink);
    }

    public static List<InterfaceAddress> Addresses(this NetlinkSocket socket)
    {
        MessageWriter request = new();
        request.DumpAddresses();
        List<InterfaceAddress> addresses = [];
        foreach (NetlinkMessage message in socket.Query(request))
        {
            ReadOnlySpan<byte> value = message.Attribute<AddressHeader>(IFA_LOCAL); // of IPv4, and point-to-point
            if (value.IsEmpty) value = message.Attribute<AddressHeader>(IFA_ADDRESS);
            AddressHeader header = message.Header<AddressHeader>();
            if (value.Length is 4 or 16) addresses.Add(new InterfaceAddress(header.LinkIndex, new IPAddress(value), header.PrefixLength));
        }
        return addresses;
    }

    /// <summary>Destinations of all routes in all tables, also of the host's own addresses; default routes are 0.0.0.0/0.</summary>
    public static List<IPNetwork> RouteDestinations(this NetlinkSocket socket, AddressFamily family)
    {
        MessageWriter request = new();
        request.DumpRoutes(family);
        List<IPNetwork> destinations = [];
        IPAddress any = family == AddressFamily.InterNetwork ? IPAddress.Any : IPAddress.IPv6Any;
        foreach (NetlinkMessage message in socket.Query(request))
        {
            ReadOnlySpan<byte> value = message.Attribute<RouteHeader>(RTA_DST);
            destinations.Add(value.IsEmpty ? new IPNetwork(any, 0) : new IPNetwork(new IPAddress(value), message.Header<RouteHeader>().DestinationLength));
        }
        return destinations;
    }

    private static Link ToLink(NetlinkMessage message)
    {
        LinkHeader header = message.Header<LinkHeader>();
        ReadOnlySpan<byte> master = message.Attribute<LinkHeader>(IFLA_MASTER);
        return new Link(
            header.Index,
            NetlinkMessage.Text(message.Attribute<LinkHeader>(IFLA_IFNAME)),
            (header.Flags & IFF_UP) != 0,
            master.IsEmpty ? 0 : MemoryMarshal.Read<int>(master));
    }
}
