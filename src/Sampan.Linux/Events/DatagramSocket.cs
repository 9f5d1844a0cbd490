using System.Runtime.InteropServices;
using System.Text;
using Sampan.Linux.Errors;
using Sampan.Linux.Files;
using static Sampan.Linux.SysSocket;

namespace Sampan.Linux.Events;

/// <summary>Unix sockets that carry whole messages, unix(7) SOCK_DGRAM, as sd_notify(3) uses them.</summary>
public static unsafe partial class DatagramSocket
{
    [C("SOCK_DGRAM | SOCK_CLOEXEC | SOCK_NONBLOCK")] private const int Type = 0x80802;
    [C("sizeof(((struct sockaddr_un *)0)->sun_path) - 1")] private const int PathLengthMaximum = 107;

    /// <summary>A socket with a name in the file system that anybody who sees it may send to.</summary>
    public static Fd Bind(string directory, string name)
    {
        // by the directory's descriptor: an address has room for 107 bytes only
        using Fd parent = Paths.Open(directory, OpenFlags.Path | OpenFlags.Directory);
        string path = $"{parent.ProcPath}/{name}";
        Fd fd = Create();
        Address address = AddressOf(path, out int length);
        if (bind(fd.Number, &address, length) == 0 && chmod(path, 0x1FF) == 0) return fd;
        SyscallException error = SyscallException.Last($"bind({directory}/{name})");
        fd.Dispose();
        throw error;
    }

    /// <summary>Sends one message; a path that begins with <c>@</c> is a name outside of any file system.</summary>
    public static void Send(string path, string message)
    {
        using Fd fd = Create();
        Address address = AddressOf(path, out int length);
        byte[] bytes = Encoding.UTF8.GetBytes(message);
        fixed (byte* start = bytes)
        {
            if (sendto(fd.Number, start, bytes.Length, 0, &address, length) < 0) throw SyscallException.Last($"sendto({path})");
        }
    }

    private static Fd Create()
    {
        int fd = socket(AF_UNIX, Type, 0);
        return fd >= 0 ? new Fd(fd) : throw SyscallException.Last("socket(AF_UNIX, SOCK_DGRAM)");
    }

    private static Address AddressOf(string path, out int length)
    {
        bool isAbstract = path.StartsWith('@');
        byte[] bytes = Encoding.UTF8.GetBytes(path);
        if (bytes.Length > PathLengthMaximum) throw new SyscallException($"socket {path}", Errno.ENAMETOOLONG);
        Address address = new() { Family = AF_UNIX };
        bytes.CopyTo(new Span<byte>(address.Path, PathLengthMaximum));
        if (isAbstract) address.Path[0] = 0;
        length = sizeof(ushort) + bytes.Length + (isAbstract ? 0 : 1);
        return address;
    }

    [LibraryImport("libc", SetLastError = true)]
    private static partial int socket(int family, int type, int protocol);

    [LibraryImport("libc", SetLastError = true)]
    private static partial int bind(int socket, Address* address, int length);

    [LibraryImport("libc", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    private static partial int chmod(string path, uint mode);

    [LibraryImport("libc", SetLastError = true)]
    private static partial nint sendto(int socket, byte* bytes, nint length, int flags, Address* address, int addressLength);

    /// <summary><c>struct sockaddr_un</c>.</summary>
    [C("struct sockaddr_un")]
    private struct Address
    {
        [C("sun_family")] public ushort Family;
        [C("sun_path")] public fixed byte Path[PathLengthMaximum + 1];
    }
}
