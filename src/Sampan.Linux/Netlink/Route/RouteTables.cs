using System.Net;
using System.Net.Sockets;
using System.Runtime.InteropServices;
using Sampan.Linux.Errors;

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
            ReadOnlySpan<byte> value = message.Attribute(8, 2); // IFA_LOCAL: IPv4, and point-to-point
            if (value.IsEmpty) value = message.Attribute(8, 1);
            if (value.Length is 4 or 16)
                addresses.Add(new InterfaceAddress(MemoryMarshal.Read<int>(message.Payload.AsSpan(4)), new IPAddress(value), message.Payload[1]));
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
            ReadOnlySpan<byte> value = message.Attribute(12, 1); // RTA_DST
            destinations.Add(value.IsEmpty ? new IPNetwork(any, 0) : new IPNetwork(new IPAddress(value), message.Payload[1]));
        }
        return destinations;
    }

    private static Link ToLink(NetlinkMessage message)
    {
        ReadOnlySpan<byte> master = message.Attribute(16, 10);
        return new Link(
            MemoryMarshal.Read<int>(message.Payload.AsSpan(4)),
            NetlinkMessage.Text(message.Attribute(16, 3)),
            (message.Payload[8] & 1) != 0,
            master.IsEmpty ? 0 : MemoryMarshal.Read<int>(master));
    }
}
