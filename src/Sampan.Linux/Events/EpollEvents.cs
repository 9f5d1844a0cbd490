namespace Sampan.Linux.Events;

/// <summary>What epoll(7) watches for and reports.</summary>
[Flags]
public enum EpollEvents : uint
{
    None = 0,
    Readable = 0x001,
    Writable = 0x004,
    Error = 0x008,
    HangUp = 0x010,
    ReadHangUp = 0x2000,
}
