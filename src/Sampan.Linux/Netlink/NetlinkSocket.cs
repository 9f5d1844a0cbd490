using System.Runtime.InteropServices;
using Sampan.Linux.Errors;
using Sampan.Linux.Files;

namespace Sampan.Linux.Netlink;

/// <summary>
/// A netlink(7) socket. It belongs for ever to the network namespace that its opener was in, so a socket opened by
/// <see cref="OpenIn"/> configures another namespace while its user stays in its own.
/// </summary>
public sealed unsafe partial class NetlinkSocket : IDisposable
{
    private const int AddressFamilyNetlink = 16;
    private const int SocketRaw = 3;
    private const int SocketCloseOnExec = 0x80000;
    private const int SolNetlink = 270;
    private const int CapAck = 10;
    private const int ExtendedAck = 11;
    private const int CloneNewNet = 0x40000000;
    private const int DontWait = 0x40;
    private const int ErrorMessage = 2;
    private const int DoneMessage = 3;
    private const int HeaderLength = 16;
    private const int FlagCapped = 0x100;
    private const int FlagAckAttributes = 0x200;

    private readonly Fd _fd;
    private readonly byte[] _received = new byte[64 * 1024];

    private NetlinkSocket(Fd fd) => _fd = fd;

    /// <summary>A socket in the network namespace of the calling thread.</summary>
    public static NetlinkSocket Open(NetlinkProtocol protocol)
    {
        int fd = socket(AddressFamilyNetlink, SocketRaw | SocketCloseOnExec, (int)protocol);
        if (fd < 0) throw SyscallException.Last($"socket(AF_NETLINK, SOCK_RAW, {protocol})");
        int on = 1;
        // both only make errors better (a sentence of the kernel, no echo of the request): failing is harmless
        _ = setsockopt(fd, SolNetlink, CapAck, &on, sizeof(int));
        _ = setsockopt(fd, SolNetlink, ExtendedAck, &on, sizeof(int));
        return new NetlinkSocket(new Fd(fd));
    }

    /// <summary>
    /// A socket in another network namespace: the calling thread enters it, opens the socket and comes back, setns(2).
    /// </summary>
    public static NetlinkSocket OpenIn(Fd networkNamespace, NetlinkProtocol protocol)
    {
        using Fd own = Paths.Open("/proc/thread-self/ns/net", OpenFlags.ReadOnly);
        Enter(networkNamespace);
        try
        {
            return Open(protocol);
        }
        finally
        {
            // staying in the container's namespace would aim every later call at the wrong network
            Enter(own);
        }
    }

    /// <summary>Sends all messages at once and waits for the answer to each that asked for one.</summary>
    /// <exception cref="SyscallException">The first message that failed, with the kernel's own explanation where it gives one.</exception>
    public void Send(MessageWriter messages)
    {
        messages.Finish();
        Transmit(messages);
        int waiting = messages.ExpectedAcknowledgements;
        SyscallException? first = null;
        while (waiting > 0)
        {
            // the kernel has worked through everything when send returns; after an error a batch may lack some answers
            int length = Receive(first is null ? 0 : DontWait);
            if (length < 0) break;
            for (int at = 0; at + HeaderLength <= length;)
            {
                ReadOnlySpan<byte> message = MessageAt(at, length);
                if (MemoryMarshal.Read<ushort>(message[4..]) == ErrorMessage)
                {
                    waiting--;
                    first ??= ErrorOf(message, messages);
                }
                at += (message.Length + 3) & ~3;
            }
        }
        if (first is not null) throw first;
    }

    /// <summary>Sends a request for one object, without NLM_F_DUMP, and returns it.</summary>
    /// <exception cref="SyscallException">ENOENT or ENODEV, by the family, where it does not exist.</exception>
    public NetlinkMessage QueryOne(MessageWriter request) => Answers(request, one: true)[0];

    /// <summary>Sends a request with NLM_F_DUMP and returns all that it is answered with.</summary>
    public List<NetlinkMessage> Query(MessageWriter request) => Answers(request, one: false);

    public void Dispose() => _fd.Dispose();

    private List<NetlinkMessage> Answers(MessageWriter request, bool one)
    {
        request.Finish();
        Transmit(request);
        List<NetlinkMessage> answers = [];
        while (true)
        {
            int length = Receive(0);
            for (int at = 0; at + HeaderLength <= length;)
            {
                ReadOnlySpan<byte> message = MessageAt(at, length);
                int type = MemoryMarshal.Read<ushort>(message[4..]);
                if (type == ErrorMessage) return ErrorOf(message, request) is { } error ? throw error : answers;
                if (type == DoneMessage) return answers;
                answers.Add(new NetlinkMessage(type, message[HeaderLength..].ToArray()));
                if (one) return answers;
                at += (message.Length + 3) & ~3;
            }
        }
    }

    private static void Enter(Fd networkNamespace)
    {
        if (setns(networkNamespace.Number, CloneNewNet) < 0) throw SyscallException.Last($"setns({networkNamespace}, CLONE_NEWNET)");
    }

    private static SyscallException? ErrorOf(ReadOnlySpan<byte> message, MessageWriter request)
    {
        int errno = -MemoryMarshal.Read<int>(message[HeaderLength..]);
        if (errno == 0) return null;
        int flags = MemoryMarshal.Read<ushort>(message[6..]);
        int sequence = MemoryMarshal.Read<int>(message[(HeaderLength + 4 + 8)..]);
        string call = sequence >= 1 && sequence <= request.Descriptions.Count ? request.Descriptions[sequence - 1] : "netlink";
        if ((flags & FlagAckAttributes) != 0)
        {
            int echoed = (flags & FlagCapped) != 0 ? HeaderLength : (MemoryMarshal.Read<int>(message[(HeaderLength + 4)..]) + 3) & ~3;
            string text = NetlinkMessage.Text(NetlinkMessage.Find(message[Math.Min(HeaderLength + 4 + echoed, message.Length)..], 1));
            if (text.Length > 0) call = $"{call}: {text}";
        }
        return new SyscallException(call, (Errno)errno);
    }

    private ReadOnlySpan<byte> MessageAt(int offset, int end)
    {
        int length = MemoryMarshal.Read<int>(_received.AsSpan(offset));
        return length >= HeaderLength && length <= end - offset
            ? _received.AsSpan(offset, length)
            : throw new InvalidDataException($"netlink: message of {length} bytes in {end - offset}");
    }

    private void Transmit(MessageWriter messages)
    {
        // the span is pinned for the duration of the call, the kernel copies it
        fixed (byte* bytes = messages.Written)
        {
            nint sent;
            do sent = send(_fd.Number, bytes, (nuint)messages.Written.Length, 0);
            while (sent < 0 && (Errno)Marshal.GetLastPInvokeError() == Errno.EINTR);
            if (sent < 0) throw SyscallException.Last($"send(netlink, {string.Join(", ", messages.Descriptions)})");
        }
    }

    /// <summary>Bytes received, or -1 when there is nothing and the flags say not to wait.</summary>
    private int Receive(int flags)
    {
        // pinned for the duration of the call, the kernel writes at most its length
        fixed (byte* bytes = _received)
        {
            while (true)
            {
                nint length = recv(_fd.Number, bytes, (nuint)_received.Length, flags);
                if (length >= 0) return (int)length;
                Errno errno = (Errno)Marshal.GetLastPInvokeError();
                if (errno == Errno.EAGAIN && flags == DontWait) return -1;
                if (errno != Errno.EINTR) throw SyscallException.Last("recv(netlink)");
            }
        }
    }

    [LibraryImport("libc", SetLastError = true)]
    private static partial int socket(int domain, int type, int protocol);

    [LibraryImport("libc", SetLastError = true)]
    private static partial int setsockopt(int fd, int level, int name, void* value, uint length);

    [LibraryImport("libc", SetLastError = true)]
    private static partial nint send(int fd, byte* bytes, nuint length, int flags);

    [LibraryImport("libc", SetLastError = true)]
    private static partial nint recv(int fd, byte* bytes, nuint length, int flags);

    [LibraryImport("libc", SetLastError = true)]
    private static partial int setns(int fd, int type);
}
