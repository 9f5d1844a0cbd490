using System.Runtime.InteropServices;
using Sampan.Linux.Errors;
using Sampan.Linux.Files;

namespace Sampan.Linux.Events;

/// <summary>Plain read(2) and write(2) on descriptors that may be non-blocking.</summary>
public static unsafe partial class Streams
{
    [C("F_SETFD")] private const int SetDescriptorFlags = 2;
    [C("FD_CLOEXEC")] private const int CloseOnExec = 1;
    [C("F_GETFL")] private const int GetFlags = 3;
    [C("F_SETFL")] private const int SetFlags = 4;
    [C("F_SETPIPE_SZ")] private const int PipeSetSize = 1031;

    /// <summary>What <see cref="Read"/> and <see cref="Write"/> return when the descriptor is not ready (EAGAIN).</summary>
    public const int NotReady = -1;

    /// <summary>A pipe, both ends close-on-exec and blocking, pipe(7).</summary>
    public static (Fd Read, Fd Write) Pipe()
    {
        int* ends = stackalloc int[2];
        if (pipe2(ends, (int)OpenFlags.CloseOnExec) < 0) throw SyscallException.Last("pipe2(O_CLOEXEC)");
        return (new Fd(ends[0]), new Fd(ends[1]));
    }

    /// <summary>Makes reads and writes answer <see cref="NotReady"/> instead of waiting. It is a property of the open
    /// file, not of the descriptor: never do it to a stream that was inherited.</summary>
    public static void SetNonBlocking(Fd fd)
    {
        int flags = fcntl(fd.Number, GetFlags, 0);
        if (flags < 0 || fcntl(fd.Number, SetFlags, flags | (int)OpenFlags.NonBlocking) < 0)
            throw SyscallException.Last($"fcntl({fd}, F_SETFL, O_NONBLOCK)");
    }

    /// <summary>Keeps an inherited descriptor from being inherited further.</summary>
    public static void SetCloseOnExec(Fd fd)
    {
        if (fcntl(fd.Number, SetDescriptorFlags, CloseOnExec) < 0) throw SyscallException.Last($"fcntl({fd}, F_SETFD, FD_CLOEXEC)");
    }

    /// <summary>Reads what is there; 0 at the end of the stream, <see cref="NotReady"/> when nothing is there yet.
    /// The other end of a pseudo terminal being closed (EIO) and a connection being reset are ends.</summary>
    public static int Read(Fd fd, Span<byte> buffer)
    {
        while (true)
        {
            nint count;
            fixed (byte* first = buffer) count = read(fd.Number, first, buffer.Length);
            if (count >= 0) return (int)count;
            switch ((Errno)Marshal.GetLastPInvokeError())
            {
                case Errno.EINTR: continue;
                case Errno.EAGAIN: return NotReady;
                case Errno.EIO or Errno.ECONNRESET: return 0;
                default: throw SyscallException.Last($"read({fd})");
            }
        }
    }

    /// <summary>Writes as much as fits and returns how much that was, or <see cref="NotReady"/>.</summary>
    /// <exception cref="SyscallException">EPIPE where nobody reads any more (the runtime ignores SIGPIPE).</exception>
    public static int Write(Fd fd, ReadOnlySpan<byte> bytes)
    {
        while (true)
        {
            nint count;
            fixed (byte* first = bytes) count = write(fd.Number, first, bytes.Length);
            if (count >= 0) return (int)count;
            switch ((Errno)Marshal.GetLastPInvokeError())
            {
                case Errno.EINTR: continue;
                case Errno.EAGAIN: return NotReady;
                default: throw SyscallException.Last($"write({fd}, {bytes.Length} bytes)");
            }
        }
    }

    /// <summary>Writes everything, waiting where the descriptor is not ready.</summary>
    public static void WriteAll(Fd fd, ReadOnlySpan<byte> bytes)
    {
        while (!bytes.IsEmpty)
        {
            int count = Write(fd, bytes);
            if (count >= 0) bytes = bytes[count..];
            else Wait(fd, EpollEvents.Writable, -1);
        }
    }

    /// <summary>Waits with poll(2) until one descriptor is ready; false when the time is over.</summary>
    public static bool Wait(Fd fd, EpollEvents events, int timeoutMs)
    {
        PollRequest request = new() { Fd = fd.Number, Events = (short)events };
        int count;
        do count = poll(&request, 1, timeoutMs);
        while (count < 0 && (Errno)Marshal.GetLastPInvokeError() == Errno.EINTR);
        return count >= 0 ? count > 0 : throw SyscallException.Last($"poll({fd}, {events})");
    }

    /// <summary>Sets a pipe's capacity; best effort, the system's limits may forbid it.</summary>
    public static void TrySetPipeCapacity(Fd pipe, int bytes) => _ = fcntl(pipe.Number, PipeSetSize, bytes);

    [LibraryImport("libc", SetLastError = true)]
    private static partial int pipe2(int* ends, int flags);

    [LibraryImport("libc", SetLastError = true)]
    private static partial int fcntl(int fd, int command, nint argument);

    [LibraryImport("libc", SetLastError = true)]
    private static partial nint read(int fd, byte* buffer, nint count);

    [LibraryImport("libc", SetLastError = true)]
    private static partial nint write(int fd, byte* buffer, nint count);

    [LibraryImport("libc", SetLastError = true)]
    private static partial int poll(PollRequest* requests, nuint count, int timeoutMs);

    /// <summary><c>struct pollfd</c>; its event bits have epoll's values.</summary>
    [C("struct pollfd")]
    private struct PollRequest
    {
        public int Fd;
        public short Events;
        [C("revents")] public short Result;
    }
}
