using System.Runtime.InteropServices;
using Sampan.Linux.Errors;
using Sampan.Linux.Files;

namespace Sampan.Linux.Events;

/// <summary>Waits for events on many descriptors, epoll(7), level triggered.</summary>
public sealed unsafe partial class Epoll : IDisposable
{
    [C("EPOLL_CLOEXEC")] private const int CloseOnExec = 0x80000;
    [C("EPOLL_CTL_ADD")] private const int OperationAdd = 1;
    [C("EPOLL_CTL_DEL")] private const int OperationDelete = 2;
    [C("EPOLL_CTL_MOD")] private const int OperationModify = 3;

    private readonly Fd _fd;

    public Epoll()
    {
        int fd = epoll_create1(CloseOnExec);
        _fd = fd >= 0 ? new Fd(fd) : throw SyscallException.Last("epoll_create1(EPOLL_CLOEXEC)");
    }

    /// <summary>Watches a descriptor; its events come back with <paramref name="token"/>.</summary>
    public void Add(Fd fd, EpollEvents events, long token)
    {
        if (!TryControl(OperationAdd, fd, events, token)) throw SyscallException.Last($"epoll_ctl(ADD, {fd}, {events})");
    }

    /// <summary>As <see cref="Add"/>; false for a regular file, which is always ready and can not be watched (EPERM).</summary>
    public bool TryAdd(Fd fd, EpollEvents events, long token)
    {
        if (TryControl(OperationAdd, fd, events, token)) return true;
        if ((Errno)Marshal.GetLastPInvokeError() == Errno.EPERM) return false;
        throw SyscallException.Last($"epoll_ctl(ADD, {fd}, {events})");
    }

    public void Modify(Fd fd, EpollEvents events, long token)
    {
        if (!TryControl(OperationModify, fd, events, token)) throw SyscallException.Last($"epoll_ctl(MOD, {fd}, {events})");
    }

    public void Remove(Fd fd)
    {
        if (!TryControl(OperationDelete, fd, EpollEvents.None, 0)) throw SyscallException.Last($"epoll_ctl(DEL, {fd})");
    }

    /// <summary>Waits for at most <paramref name="timeoutMs"/> (-1: for ever) and returns how many events there are;
    /// none when the time is over or a signal handler ran.</summary>
    public int Wait(Span<EpollEvent> events, int timeoutMs)
    {
        int count;
        // the span is pinned for the call; the kernel writes at most its length
        fixed (EpollEvent* first = events) count = epoll_wait(_fd.Number, first, events.Length, timeoutMs);
        if (count >= 0) return count;
        return (Errno)Marshal.GetLastPInvokeError() == Errno.EINTR ? 0 : throw SyscallException.Last("epoll_wait()");
    }

    public void Dispose() => _fd.Dispose();

    private bool TryControl(int operation, Fd fd, EpollEvents events, long token)
    {
        EpollEvent change = new() { Events = events, Token = token };
        return epoll_ctl(_fd.Number, operation, fd.Number, &change) == 0;
    }

    [LibraryImport("libc", SetLastError = true)]
    private static partial int epoll_create1(int flags);

    [LibraryImport("libc", SetLastError = true)]
    private static partial int epoll_ctl(int epoll, int operation, int fd, EpollEvent* change);

    [LibraryImport("libc", SetLastError = true)]
    private static partial int epoll_wait(int epoll, EpollEvent* events, int capacity, int timeoutMs);
}
