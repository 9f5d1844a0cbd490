using System.Runtime.InteropServices;
using Sampan.Linux.Errors;
using Sampan.Linux.Files;
using Sampan.Linux.Processes;
using static Sampan.Linux.SysSocket;

namespace Sampan.Linux.Events;

/// <summary>Sequenced packets between two processes, unix(7) SOCK_SEQPACKET: each message arrives whole, and may bring one descriptor.</summary>
public static unsafe partial class PacketSocket
{
    /// <summary>Two connected ends, blocking.</summary>
    public static (Fd Near, Fd Far) Pair()
    {
        int* ends = stackalloc int[2];
        if (socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, ends) < 0) throw SyscallException.Last("socketpair(AF_UNIX, SOCK_SEQPACKET)");
        return (new Fd(ends[0]), new Fd(ends[1]));
    }

    public static void Send(Fd socket, ReadOnlySpan<byte> message)
    {
        // pinned for the call; the kernel reads message.Length bytes
        fixed (byte* start = message)
        {
            nint sent;
            do sent = send(socket.Number, start, message.Length, MSG_NOSIGNAL);
            while (sent < 0 && (Errno)Marshal.GetLastPInvokeError() == Errno.EINTR);
            if (sent < 0) throw SyscallException.Last($"send({socket}, {message.Length} bytes)");
        }
    }

    /// <summary>Waits for the next message.</summary>
    /// <param name="descriptor">What came with it, the caller's from now on, or null.</param>
    /// <returns>Its length; 0 when the other end was closed.</returns>
    public static int Receive(Fd socket, Span<byte> buffer, out Fd? descriptor)
    {
        descriptor = null;
        ChildChannel.DescriptorMessage control = default;
        // both live until recvmsg has returned
        fixed (byte* start = buffer)
        {
            ChildChannel.IoVector vector = new() { Base = (nint)start, Length = buffer.Length };
            ChildChannel.MessageHeader header = new()
            {
                Vector = (nint)(&vector),
                VectorCount = 1,
                Control = (nint)(&control),
                ControlLength = sizeof(ChildChannel.DescriptorMessage),
            };
            nint received;
            do received = recvmsg(socket.Number, &header, MSG_CMSG_CLOEXEC);
            while (received < 0 && (Errno)Marshal.GetLastPInvokeError() == Errno.EINTR);
            if (received < 0 && (Errno)Marshal.GetLastPInvokeError() == Errno.ECONNRESET) return 0;
            if (received < 0) throw SyscallException.Last($"recvmsg({socket})");
            if (header.ControlLength >= ChildChannel.DescriptorMessage.MessageLength) descriptor = new Fd(control.Descriptor);
            return (int)received;
        }
    }

    [LibraryImport("libc", SetLastError = true)]
    private static partial int socketpair(int family, int type, int protocol, int* ends);

    [LibraryImport("libc", SetLastError = true)]
    private static partial nint send(int socket, byte* data, nint length, int flags);

    [LibraryImport("libc", SetLastError = true)]
    private static partial nint recvmsg(int socket, ChildChannel.MessageHeader* header, int flags);
}
