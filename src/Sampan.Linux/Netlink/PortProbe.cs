using System.Buffers.Binary;
using System.Net;
using System.Net.Sockets;
using System.Runtime.InteropServices;
using Sampan.Linux.Errors;
using Sampan.Linux.Files;

namespace Sampan.Linux.Netlink;

/// <summary>Asks the kernel whether a port of this network namespace is free, by binding a socket to it, bind(2).</summary>
public static unsafe partial class PortProbe
{
    private const int Ipv4 = 2, Ipv6 = 10, CloseOnExec = 0x80000;
    private const int SolIpv6 = 41, OnlyIpv6 = 26;

    /// <summary>
    /// Binds without SO_REUSEADDR and lets go again. Port 0 asks for any free one; the answer is the port that was bound.
    /// </summary>
    /// <exception cref="SyscallException">EADDRINUSE; EADDRNOTAVAIL for an address that this host does not have.</exception>
    public static int Bind(IPAddress address, int port, string protocol)
    {
        bool v4 = address.AddressFamily == AddressFamily.InterNetwork;
        (int type, int number) = protocol switch { "tcp" => (1, 6), "udp" => (2, 17), _ => (1, 132) };
        using Fd fd = new(socket(v4 ? Ipv4 : Ipv6, type | CloseOnExec, number));
        if (fd.IsInvalid) throw SyscallException.Last($"socket({address.AddressFamily}, {protocol})");
        int on = 1;
        // or a free IPv6 port would look busy because of its IPv4 twin
        if (!v4) _ = setsockopt(fd.Number, SolIpv6, OnlyIpv6, &on, sizeof(int));

        // struct sockaddr_in (16 bytes) and sockaddr_in6 (28 bytes)
        byte* name = stackalloc byte[28];
        Span<byte> bytes = new(name, 28);
        bytes.Clear();
        uint length = v4 ? 16u : 28;
        MemoryMarshal.Write(bytes, (ushort)(v4 ? Ipv4 : Ipv6));
        BinaryPrimitives.WriteUInt16BigEndian(bytes[2..], (ushort)port);
        address.GetAddressBytes().CopyTo(bytes[(v4 ? 4 : 8)..]);
        if (bind(fd.Number, name, length) < 0) throw SyscallException.Last($"bind({address}, {port}/{protocol})");
        if (getsockname(fd.Number, name, &length) < 0) throw SyscallException.Last("getsockname");
        return BinaryPrimitives.ReadUInt16BigEndian(bytes[2..]);
    }

    [LibraryImport("libc", SetLastError = true)]
    private static partial int socket(int domain, int type, int protocol);

    [LibraryImport("libc", SetLastError = true)]
    private static partial int setsockopt(int fd, int level, int name, void* value, uint length);

    [LibraryImport("libc", SetLastError = true)]
    private static partial int bind(int fd, byte* address, uint length);

    [LibraryImport("libc", SetLastError = true)]
    private static partial int getsockname(int fd, byte* address, uint* length);
}
