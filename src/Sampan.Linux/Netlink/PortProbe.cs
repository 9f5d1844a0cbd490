using System.Buffers.Binary;
using System.Net;
using System.Net.Sockets;
using System.Runtime.InteropServices;
using Sampan.Linux.Errors;
using Sampan.Linux.Files;
using static Sampan.Linux.SysSocket;

namespace Sampan.Linux.Netlink;

/// <summary>Asks the kernel whether a port of this network namespace is free, by binding a socket to it, bind(2).</summary>
public static unsafe partial class PortProbe
{
    private const int IPPROTO_TCP = 6;
    private const int IPPROTO_UDP = 17;
    private const int IPPROTO_IPV6 = 41;
    private const int IPPROTO_SCTP = 132;
    private const int IPV6_V6ONLY = 26;

    /// <summary>
    /// Binds without SO_REUSEADDR and lets go again. Port 0 asks for any free one; the answer is the port that was bound.
    /// </summary>
    /// <exception cref="SyscallException">EADDRINUSE; EADDRNOTAVAIL for an address that this host does not have.</exception>
    public static int Bind(IPAddress address, int port, string protocol)
    {
        bool v4 = address.AddressFamily == AddressFamily.InterNetwork;
        (int type, int number) = protocol switch { "tcp" => (SOCK_STREAM, IPPROTO_TCP), "udp" => (SOCK_DGRAM, IPPROTO_UDP), _ => (SOCK_STREAM, IPPROTO_SCTP) };
        using Fd fd = new(socket(v4 ? AF_INET : AF_INET6, type | SOCK_CLOEXEC, number));
        if (fd.IsInvalid) throw SyscallException.Last($"socket({address.AddressFamily}, {protocol})");
        int on = 1;
        // or a free IPv6 port would look busy because of its IPv4 twin
        if (!v4) _ = setsockopt(fd.Number, IPPROTO_IPV6, IPV6_V6ONLY, &on, sizeof(int));

        SocketAddress name = default;
        uint length = (uint)(v4 ? SocketAddress.Ipv4Size : sizeof(SocketAddress));
        name.Family = (ushort)(v4 ? AF_INET : AF_INET6);
        name.Port = BinaryPrimitives.ReverseEndianness((ushort)port);
        address.GetAddressBytes().CopyTo(new Span<byte>(v4 ? name.Ipv4 : name.Ipv6, v4 ? 4 : 16));
        if (bind(fd.Number, &name, length) < 0) throw SyscallException.Last($"bind({address}, {port}/{protocol})");
        if (getsockname(fd.Number, &name, &length) < 0) throw SyscallException.Last("getsockname");
        return BinaryPrimitives.ReverseEndianness(name.Port);
    }

    [LibraryImport("libc", SetLastError = true)]
    private static partial int socket(int domain, int type, int protocol);

    [LibraryImport("libc", SetLastError = true)]
    private static partial int setsockopt(int fd, int level, int name, void* value, uint length);

    [LibraryImport("libc", SetLastError = true)]
    private static partial int bind(int fd, SocketAddress* address, uint length);

    [LibraryImport("libc", SetLastError = true)]
    private static partial int getsockname(int fd, SocketAddress* address, uint* length);

    /// <summary>Either kind of address: the shorter one of IPv4 has its four bytes where IPv6 has its flow label.</summary>
    [C("union { struct sockaddr_in four; struct sockaddr_in6 six; }")]
    [StructLayout(LayoutKind.Explicit, Size = 28)]
    private struct SocketAddress
    {
        [C("sizeof(struct sockaddr_in)")] public const int Ipv4Size = 16;

        [FieldOffset(0), C("six.sin6_family")] public ushort Family;
        [FieldOffset(2), C("six.sin6_port")] public ushort Port;
        [FieldOffset(4), C("four.sin_addr")] public fixed byte Ipv4[4];
        [FieldOffset(8), C("six.sin6_addr")] public fixed byte Ipv6[16];
    }
}
