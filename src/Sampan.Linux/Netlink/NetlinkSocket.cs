using System.Runtime.InteropServices;
using Sampan.Linux.Errors;
using Sampan.Linux.Files;
using Sampan.Linux.Namespaces;
using static Sampan.Linux.SysSocket;

namespace Sampan.Linux.Netlink;

/// <summary>
/// A netlink(7) socket. It belongs for ever to the network namespace that its opener was in, so a socket opened by
/// <see cref="OpenIn"/> configures another namespace while its user stays in its own.
/// </summary>
public sealed unsafe partial class NetlinkSocket : IDisposable
{
    private const int SOL_NETLINK = 270;
    private const int NETLINK_CAP_ACK = 10;
    private const int NETLINK_EXT_ACK = 11;
    private const int NLMSG_ERROR = 2;
    private const int NLMSG_DONE = 3;
    private const int NLM_F_CAPPED = 0x100;
    private const int NLM_F_ACK_TLVS = 0x200;
    private const int NLMSGERR_ATTR_MSG = 1;

    private readonly Fd _fd;
    private readonly byte[] _received = new byte[64 * 1024];

    private NetlinkSocket(Fd fd) => _fd = fd;

    /// <summary>A socket in the network namespace of the calling thread.</summary>
    public static NetlinkSocket Open(NetlinkProtocol protocol)
    {
        int fd = socket(AF_NETLINK, SOCK_RAW | SOCK_CLOEXEC, (int)protocol);
        if (fd < 0) throw SyscallException.Last($"socket(AF_NETLINK, SOCK_RAW, {protocol})");
        int on = 1;
        // both only make errors better (a sentence of the kernel, no echo of the request): failing is harmless
        _ = setsockopt(fd, SOL_NETLINK, NETLINK_CAP_ACK, &on, sizeof(int));
        _ = setsockopt(fd, SOL_NETLINK, NETLINK_EXT_ACK, &on, sizeof(int));
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
            int length = Receive(first is null ? 0 : MSG_DONTWAIT);
            if (length < 0) break;
            for (int at = 0; at + sizeof(NetlinkHeader) <= length;)
            {
                ReadOnlySpan<byte> message = MessageAt(at, length, out NetlinkHeader header);
                if (header.Type == NLMSG_ERROR)
                {
                    waiting--;
                    first ??= ErrorOf(header, message, messages);
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
            for (int at = 0; at + sizeof(NetlinkHeader) <= length;)
            {
                ReadOnlySpan<byte> message = MessageAt(at, length, out NetlinkHeader header);
                if (header.Type == NLMSG_ERROR) return ErrorOf(header, message, request) is { } error ? throw error : answers;
                if (header.Type == NLMSG_DONE) return answers;
                answers.Add(new NetlinkMessage(header.Type, message[sizeof(NetlinkHeader)..].ToArray()));
                if (one) return answers;
                at += (message.Length + 3) & ~3;
            }
        }
    }

    private static void Enter(Fd networkNamespace)
    {
        if (setns(networkNamespace.Number, (int)NamespaceKind.Network) < 0) throw SyscallException.Last($"setns({networkNamespace}, CLONE_NEWNET)");
    }

    private static SyscallException? ErrorOf(NetlinkHeader header, ReadOnlySpan<byte> message, MessageWriter request)
    {
        ReadOnlySpan<byte> payload = message[sizeof(NetlinkHeader)..];
        NetlinkError error = MemoryMarshal.Read<NetlinkError>(payload);
        if (error.Error == 0) return null;
        int sequence = error.Request.Sequence;
        string call = sequence >= 1 && sequence <= request.Descriptions.Count ? request.Descriptions[sequence - 1] : "netlink";
        if ((header.Flags & NLM_F_ACK_TLVS) != 0)
        {
            // what the request had behind its header comes between, unless it was left out
            int echoed = (header.Flags & NLM_F_CAPPED) != 0 ? 0 : ((error.Request.Length + 3) & ~3) - sizeof(NetlinkHeader);
            ReadOnlySpan<byte> attributes = payload[Math.Min(sizeof(NetlinkError) + echoed, payload.Length)..];
            string text = NetlinkMessage.Text(NetlinkMessage.Find(attributes, NLMSGERR_ATTR_MSG));
            if (text.Length > 0) call = $"{call}: {text}";
        }
        return new SyscallException(call, (Errno)(-error.Error));
    }

    private ReadOnlySpan<byte> MessageAt(int offset, int end, out NetlinkHeader header)
    {
        header = MemoryMarshal.Read<NetlinkHeader>(_received.AsSpan(offset));
        return header.Length >= sizeof(NetlinkHeader) && header.Length <= end - offset
            ? _received.AsSpan(offset, header.Length)
            : throw new InvalidDataException($"netlink: message of {header.Length} bytes in {end - offset}");
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
                if (errno == Errno.EAGAIN && flags == MSG_DONTWAIT) return -1;
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
