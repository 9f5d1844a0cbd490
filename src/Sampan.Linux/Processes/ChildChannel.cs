using System.Runtime.InteropServices;
using Sampan.Linux.Errors;
using Sampan.Linux.Files;
using static Sampan.Linux.SysSocket;

namespace Sampan.Linux.Processes;

/// <summary>
/// The line between a parent and its cloned child: a pair of sequenced-packet sockets. Each message from the child is two
/// ints; the child's end closes by itself when the exec succeeds.
/// </summary>
public sealed unsafe partial class ChildChannel : IDisposable
{
    private const int MessageBytes = 8;


    public ChildChannel()
    {
        int* pair = stackalloc int[2];
        if (socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, pair) < 0) throw SyscallException.Last("socketpair(AF_UNIX, SOCK_SEQPACKET)");
        Parent = new Fd(pair[0]);
        Child = new Fd(pair[1]);
    }

    public Fd Parent { get; }

    /// <summary>To be closed here once the child has its copy: only then does the end of file say anything.</summary>
    public Fd Child { get; }

    /// <summary>Waits for the child's next message; null when its end was closed, by exec or by death.</summary>
    public ChildMessage? Receive()
    {
        int* data = stackalloc int[2];
        DescriptorMessage control = default;
        IoVector vector = new() { Base = (nint)data, Length = MessageBytes };
        MessageHeader header = new() { Vector = (nint)(&vector), VectorCount = 1, Control = (nint)(&control), ControlLength = sizeof(DescriptorMessage) };
        nint received;
        do received = recvmsg(Parent.Number, &header, MSG_CMSG_CLOEXEC);
        while (received < 0 && (Errno)Marshal.GetLastPInvokeError() == Errno.EINTR);
        if (received < 0)
        {
            // a child that died with unread data in its socket resets the line
            if ((Errno)Marshal.GetLastPInvokeError() == Errno.ECONNRESET) return null;
            throw SyscallException.Last("recvmsg(child)");
        }
        if (received == 0) return null;
        if (received != MessageBytes) throw new SyscallException("recvmsg(child)", Errno.EPROTO);
        Fd? descriptor = header.ControlLength >= DescriptorMessage.MessageLength ? new Fd(control.Descriptor) : null;
        return new ChildMessage(data[0], (Errno)data[1], descriptor);
    }

    /// <summary>Lets a waiting child go on. A child that is gone already is noticed by the next <see cref="Receive"/>.</summary>
    public void Continue()
    {
        long go = 1;
        nint sent;
        do sent = send(Parent.Number, &go, MessageBytes, MSG_NOSIGNAL);
        while (sent < 0 && (Errno)Marshal.GetLastPInvokeError() == Errno.EINTR);
        if (sent < 0 && (Errno)Marshal.GetLastPInvokeError() is not (Errno.EPIPE or Errno.ECONNRESET)) throw SyscallException.Last("send(child)");
    }

    public void Dispose()
    {
        Parent.Dispose();
        Child.Dispose();
    }

    [LibraryImport("libc", SetLastError = true)]
    private static partial int socketpair(int family, int type, int protocol, int* pair);

    [LibraryImport("libc", SetLastError = true)]
    private static partial nint recvmsg(int socket, MessageHeader* header, int flags);

    [LibraryImport("libc", SetLastError = true)]
    private static partial nint send(int socket, void* data, nint length, int flags);

    /// <summary><c>struct iovec</c>.</summary>
    [C("struct iovec")]
    internal struct IoVector
    {
        [C("iov_base")] public nint Base;
        [C("iov_len")] public nint Length;
    }

    /// <summary><c>struct msghdr</c> of 64-bit systems.</summary>
    [C("struct msghdr")]
    internal struct MessageHeader
    {
        [C("msg_name")] public nint Name;
        [C("msg_namelen")] public uint NameLength;
        [C("msg_iov")] public nint Vector;
        [C("msg_iovlen")] public nint VectorCount;
        [C("msg_control")] public nint Control;
        [C("msg_controllen")] public nint ControlLength;
        [C("msg_flags")] public int Flags;
    }

    /// <summary>A control message with one descriptor, cmsg(3): <c>struct cmsghdr</c> and an int.</summary>
    [C("struct { struct cmsghdr header; int fd; }")]
    internal struct DescriptorMessage
    {
        /// <summary>What cmsg_len says of it.</summary>
        [C("CMSG_LEN(sizeof(int))")] public const int MessageLength = 20;

        [C("header.cmsg_len")] public nint Length;
        [C("header.cmsg_level")] public int Level;
        [C("header.cmsg_type")] public int Type;
        [C("fd")] public int Descriptor;
    }
}
