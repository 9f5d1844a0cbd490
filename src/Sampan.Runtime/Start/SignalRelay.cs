using Sampan.Linux.Events;
using Sampan.Linux.Files;
using PidFds = Sampan.Linux.Events.PidFd;

namespace Sampan.Runtime.Start;

/// <summary>Waits for a process that has this one's own streams, and passes signals on to it.</summary>
public static class SignalRelay
{
    /// <summary>Reaps the child when it has ended.</summary>
    /// <param name="process">A pidfd of a child of this process.</param>
    /// <param name="sharesTerminal">It is in this process's group: a signal of the terminal has reached it already.</param>
    /// <returns>Its exit code, or 128 plus the signal that ended it.</returns>
    public static int Wait(Fd process, bool sharesTerminal = false)
    {
        using SignalFd signals = new(SignalNumber.Terminate, SignalNumber.Interrupt, SignalNumber.HangUp, SignalNumber.Quit, SignalNumber.User1, SignalNumber.User2);
        using Epoll epoll = new();
        epoll.Add(process, EpollEvents.Readable, 1);
        epoll.Add(signals.Descriptor, EpollEvents.Readable, 2);
        Span<EpollEvent> events = stackalloc EpollEvent[2];
        while (true)
        {
            epoll.Wait(events, -1);
            while (signals.TryRead(out int signal, out int sender))
            {
                // the terminal's signals have no sender
                if (sender != 0 || !sharesTerminal) PidFds.TrySignal(process, signal);
            }

            if (PidFds.TryReap(process) is int code) return code;
        }
    }
}
