using System.Net;
using System.Net.Sockets;
using Sampan.Linux.Errors;
using Sampan.Linux.Netlink;

namespace Sampan.Networks.Ports;

/// <summary>Makes sure that nobody else has the ports a container asks for. The caller holds the lock of the address book.</summary>
internal static class PortClaims
{
    /// <summary>The ports, with a free one chosen where the host port is 0.</summary>
    /// <exception cref="NetworkException">A port is taken by a process, by another container, or asked for twice.</exception>
    public static List<PublishedPort> Claim(IReadOnlyList<PublishedPort> wanted, IEnumerable<NetworkAttachment> attached, bool ipv6)
    {
        List<PublishedPort> taken = [];
        foreach (NetworkAttachment attachment in attached) taken.AddRange(attachment.Ports);
        List<PublishedPort> claimed = [];
        foreach (PublishedPort port in wanted)
        {
            PublishedPort claim = Choose(port, taken, ipv6);
            claimed.Add(claim);
            taken.Add(claim);
        }
        return claimed;
    }

    private static PublishedPort Choose(PublishedPort port, List<PublishedPort> taken, bool ipv6)
    {
        if (port.HostPort != 0)
        {
            Probe(port, ipv6);
            return taken.Exists(port.Collides) ? throw InUse(port) : port;
        }
        // the kernel proposes; a published port has no socket of its own, so the proposal may be another container's
        for (int attempt = 0; attempt < 1000; attempt++)
        {
            PublishedPort chosen = port with { HostPort = PortProbe.Bind(port.HostAddress ?? IPAddress.Any, 0, port.Protocol) };
            if (!taken.Exists(chosen.Collides)) return chosen;
        }
        throw new NetworkException($"no free port for {port.ContainerPort}/{port.Protocol}");
    }

    private static void Probe(PublishedPort port, bool ipv6)
    {
        try
        {
            if (port.Covers(AddressFamily.InterNetwork)) PortProbe.Bind(port.HostAddress ?? IPAddress.Any, port.HostPort, port.Protocol);
            if (port.Covers(AddressFamily.InterNetworkV6) && ipv6) PortProbe.Bind(port.HostAddress ?? IPAddress.IPv6Any, port.HostPort, port.Protocol);
        }
        catch (SyscallException e) when (e.Errno is Errno.EADDRINUSE)
        {
            throw InUse(port);
        }
        catch (SyscallException e) when (e.Errno is Errno.EADDRNOTAVAIL)
        {
            throw new NetworkException($"port {port.HostPort}/{port.Protocol}: {port.HostAddress} is no address of this host");
        }
        catch (SyscallException e) when (port.Protocol == "sctp" && e.Errno is Errno.EPROTONOSUPPORT or Errno.ESOCKTNOSUPPORT)
        {
            // a kernel without SCTP sockets can still pass SCTP on, and no process can have the port
        }
    }

    private static NetworkException InUse(PublishedPort port) => new($"port {port.HostPort}/{port.Protocol} is already in use");
}
