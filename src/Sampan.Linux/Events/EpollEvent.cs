using System.Runtime.InteropServices;

namespace Sampan.Linux.Events;

/// <summary><c>struct epoll_event</c>, packed as on x86-64.</summary>
[C("struct epoll_event")]
[StructLayout(LayoutKind.Sequential, Pack = 4)]
public struct EpollEvent
{
    public EpollEvents Events;

    /// <summary>What the descriptor was added with.</summary>
    [C("data")] public long Token;
}
