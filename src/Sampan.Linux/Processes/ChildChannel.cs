using System.Runtime.InteropServices;
using Sampan.Linux.Errors;
using Sampan.Linux.Files;

namespace Sampan.Linux.Processes;

/// <summary>
/// The line between a parent and its cloned child: a pair of sequenced-packet sockets. Each message from the child is two
/// ints; the child's end closes by itself when the exec succeeds.
/// </summary>
public sealed unsafe partial class ChildChannel : IDisposable
{
    private const int CloseOnExec = 0x80000;

    public ChildChannel()
    {
        int* pair = stackalloc int[2];
        if (socketpair(1, 5 | CloseOnExec, 0, pair) < 0) throw SyscallException.Last("socketpair(AF_UNIX, SOCK_SEQPACKET)");
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
        byte* control = stackalloc byte[24];
        IoVector vector = new() { Base = (nint)data, Length = 8 };
        MessageHeader header = new() { Vector = (nint)(&vector), VectorCount = 1, Control = (nint)control, ControlLength = 24 };
        nint received;
        do received = recvmsg(Parent.Number, &header, 0x40000000); // MSG_CMSG_CLOEXEC
        while (received < 0 && (Errno)Marshal.GetLastPInvokeError() == Errno.EINTR);
        if (received < 0)
        {
            // a child that died with unread data in its socket resets the line
            if ((Errno)Marshal.GetLastPInvokeError() == Errno.ECONNRESET) return null;
            throw SyscallException.Last("recvmsg(child)");
        }
        if (received == 0) return null;
        if (received != 8) throw new SyscallException("recvmsg(child)", Errno.EPROTO);
        Fd? descriptor = header.ControlLength >= 20 ? new Fd(*(int*)(control + 16)) : null;
        return new ChildMessage(data[0], (Errno)data[1], descriptor);
    }

    /// <summary>Lets a waiting child go on. A child that is gone already is noticed by the next <see cref="Receive"/>.</summary>
    public void Continue()
    {
        long go = 1;
        if (send(Parent.Number, &go, 8, 0x4000) < 0 && (Errno)Marshal.GetLastPInvokeError() is not (Errno.EPIPE or Errno.ECONNRESET))
            throw SyscallException.Last("send(child)");
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
    internal struct IoVector
    {
        public nint Base;
        public nint Length;
    }

    /// <summary><c>struct msghdr</c> of 64-bit systems.</summary>
    internal struct MessageHeader
    {
        public nint Name;
        public nint NameLength;
        public nint Vector;
        public nint VectorCount;
        public nint Control;
        public nint ControlLength;
        public nint Flags;
    }
}
