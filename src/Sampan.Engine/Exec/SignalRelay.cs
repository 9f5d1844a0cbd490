using Sampan.Linux.Events;
using Sampan.Runtime.Start;

namespace Sampan.Engine.Exec;

/// <summary>Waits for a process that has the caller's own streams, and passes signals on to it.</summary>
internal static class SignalRelay
{
    public static int Wait(ContainerProcess process)
    {
        using SignalFd signals = new(SignalNumber.Terminate, SignalNumber.Interrupt, SignalNumber.HangUp, SignalNumber.Quit, SignalNumber.User1, SignalNumber.User2);
        using Epoll epoll = new();
        epoll.Add(process.PidFd, EpollEvents.Readable, 1);
        epoll.Add(signals.Descriptor, EpollEvents.Readable, 2);
        Span<EpollEvent> events = stackalloc EpollEvent[2];
        while (true)
        {
            epoll.Wait(events, -1);
            while (signals.TryRead(out int signal, out _)) PidFd.TrySignal(process.PidFd, signal);
            if (PidFd.TryReap(process.PidFd) is int code) return code;
        }
    }
}
