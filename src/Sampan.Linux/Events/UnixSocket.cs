using System.Runtime.InteropServices;
using System.Text;
using Sampan.Linux.Errors;
using Sampan.Linux.Files;
using static Sampan.Linux.SysSocket;

namespace Sampan.Linux.Events;

/// <summary>Stream sockets with a name in the file system, unix(7). A name is resolved from its directory's descriptor,
/// so that the 107 bytes of an address are enough for any path.</summary>
public static unsafe partial class UnixSocket
{
    [C("sizeof(((struct sockaddr_un *)0)->sun_path) - 1")] private const int PathLengthMaximum = 107;
    private const int Backlog = 128;

    /// <summary>Two connected ends, blocking, socketpair(2).</summary>
    public static (Fd Near, Fd Far) Pair()
    {
        int* ends = stackalloc int[2];
        if (socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, ends) < 0) throw SyscallException.Last("socketpair(AF_UNIX, SOCK_STREAM)");
        return (new Fd(ends[0]), new Fd(ends[1]));
    }

    /// <summary>A listening, non-blocking socket, reachable by its owner only; a left-over name is replaced.</summary>
    public static Fd Listen(string directory, string name)
    {
        File.Delete(Path.Combine(directory, name));
        using Fd parent = Paths.Open(directory, OpenFlags.Path | OpenFlags.Directory);
        Fd socket = Create();
        Address address = AddressOf(parent, name, out int length);
        // the mode of the socket's file is taken from the socket's own mode: no moment in which others could connect
        if (fchmod(socket.Number, 0x180) < 0 || bind(socket.Number, &address, length) < 0 || listen(socket.Number, Backlog) < 0)
        {
            SyscallException error = SyscallException.Last($"bind({directory}/{name})");
            socket.Dispose();
            throw error;
        }

        Streams.SetNonBlocking(socket);
        return socket;
    }

    /// <summary>Connects, blocking.</summary>
    /// <exception cref="SyscallException">ENOENT or ECONNREFUSED where nobody listens.</exception>
    public static Fd Connect(string directory, string name)
    {
        using Fd parent = Paths.Open(directory, OpenFlags.Path | OpenFlags.Directory);
        Fd socket = Create();
        Address address = AddressOf(parent, name, out int length);
        int result;
        do result = connect(socket.Number, &address, length);
        while (result < 0 && (Errno)Marshal.GetLastPInvokeError() == Errno.EINTR);
        if (result == 0) return socket;
        SyscallException error = SyscallException.Last($"connect({directory}/{name})");
        socket.Dispose();
        throw error;
    }

    /// <summary>The next connection, non-blocking, or null when there is none (any more).</summary>
    public static Fd? Accept(Fd listener)
    {
        while (true)
        {
            int fd = accept4(listener.Number, null, null, SOCK_NONBLOCK | SOCK_CLOEXEC);
            if (fd >= 0) return new Fd(fd);
            switch ((Errno)Marshal.GetLastPInvokeError())
            {
                case Errno.EINTR or Errno.ECONNABORTED: continue;
                // out of descriptors: the client stays in the backlog and is served later
                case Errno.EAGAIN or Errno.EMFILE or Errno.ENFILE: return null;
                default: throw SyscallException.Last($"accept4({listener})");
            }
        }
    }

    /// <summary>Says that nothing more will be written, shutdown(2); the answer can still be read.</summary>
    public static void EndWriting(Fd socket)
    {
        if (shutdown(socket.Number, SHUT_WR) < 0) throw SyscallException.Last($"shutdown({socket}, SHUT_WR)");
    }

    /// <summary>What has arrived, without taking it, recv(2) MSG_PEEK; 0 at the end, <see cref="Streams.NotReady"/> when nothing has.</summary>
    public static int Peek(Fd socket, Span<byte> buffer)
    {
        fixed (byte* first = buffer)
        {
            nint count = recv(socket.Number, first, buffer.Length, MSG_PEEK | MSG_DONTWAIT);
            if (count >= 0) return (int)count;
        }

        return (Errno)Marshal.GetLastPInvokeError() switch
        {
            Errno.EAGAIN => Streams.NotReady,
            Errno.ECONNRESET => 0,
            _ => throw SyscallException.Last($"recv({socket}, MSG_PEEK)"),
        };
    }

    /// <summary>The user who made the other end, SO_PEERCRED.</summary>
    public static uint PeerUser(Fd socket)
    {
        Credentials credentials = default;
        int length = sizeof(Credentials);
        if (getsockopt(socket.Number, SOL_SOCKET, SO_PEERCRED, &credentials, &length) < 0)
            throw SyscallException.Last($"getsockopt({socket}, SO_PEERCRED)");
        return credentials.Uid;
    }

    private static Fd Create()
    {
        int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
        return fd >= 0 ? new Fd(fd) : throw SyscallException.Last("socket(AF_UNIX, SOCK_STREAM)");
    }

    private static Address AddressOf(Fd directory, string name, out int length)
    {
        byte[] path = Encoding.UTF8.GetBytes($"{directory.ProcPath}/{name}");
        if (path.Length > PathLengthMaximum) throw new ArgumentException($"socket name {name} is too long", nameof(name));
        Address address = new() { Family = AF_UNIX };
        path.CopyTo(new Span<byte>(address.Path, PathLengthMaximum));
        length = sizeof(ushort) + path.Length + 1;
        return address;
    }

    [LibraryImport("libc", SetLastError = true)]
    private static partial int socket(int family, int type, int protocol);

    [LibraryImport("libc", SetLastError = true)]
    private static partial int socketpair(int family, int type, int protocol, int* ends);

    [LibraryImport("libc", SetLastError = true)]
    private static partial int bind(int socket, Address* address, int length);

    [LibraryImport("libc", SetLastError = true)]
    private static partial int listen(int socket, int backlog);

    [LibraryImport("libc", SetLastError = true)]
    private static partial int connect(int socket, Address* address, int length);

    [LibraryImport("libc", SetLastError = true)]
    private static partial int accept4(int socket, Address* address, int* length, int flags);

    [LibraryImport("libc", SetLastError = true)]
    private static partial nint recv(int socket, byte* buffer, nint length, int flags);

    [LibraryImport("libc", SetLastError = true)]
    private static partial int shutdown(int socket, int how);

    [LibraryImport("libc", SetLastError = true)]
    private static partial int fchmod(int fd, uint mode);

    [LibraryImport("libc", SetLastError = true)]
    private static partial int getsockopt(int socket, int level, int option, Credentials* value, int* length);

    /// <summary><c>struct sockaddr_un</c>.</summary>
    [C("struct sockaddr_un")]
    private struct Address
    {
        [C("sun_family")] public ushort Family;
        [C("sun_path")] public fixed byte Path[PathLengthMaximum + 1];
    }

    /// <summary><c>struct ucred</c>.</summary>
    [C("struct ucred")]
    private struct Credentials
    {
        public int Pid;
        public uint Uid;
        public uint Gid;
    }
}
