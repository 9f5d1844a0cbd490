namespace Sampan.Linux.Events;

/// <summary>What epoll(7) watches for and reports.</summary>
[Flags]
public enum EpollEvents : uint
{
    None = 0,
    [C("EPOLLIN")] Readable = 0x001,
    [C("EPOLLOUT")] Writable = 0x004,
    [C("EPOLLERR")] Error = 0x008,
    [C("EPOLLHUP")] HangUp = 0x010,
    [C("EPOLLRDHUP")] ReadHangUp = 0x2000,
}
