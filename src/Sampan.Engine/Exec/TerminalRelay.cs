using Sampan.Linux.Errors;
using Sampan.Linux.Events;
using Sampan.Linux.Files;
using Sampan.Linux.Terminals;
using Sampan.Runtime.Start;

namespace Sampan.Engine.Exec;

/// <summary>Connects the caller's terminal to that of a process: keys in, output out, size changes along.</summary>
internal sealed class TerminalRelay(Fd console, bool interactive)
{
    private const long ConsoleToken = 1;
    private const long InputToken = 2;
    private const long SignalToken = 3;
    private const long ProcessToken = 4;

    private readonly byte[] _buffer = new byte[16 * 1024];

    public int Run(ContainerProcess process)
    {
        using SignalFd signals = new(SignalNumber.WindowChange, SignalNumber.Terminate, SignalNumber.HangUp);
        using RawMode? raw = interactive ? RawMode.TryEnter(Fd.StandardInput) : null;
        using Epoll epoll = new();
        epoll.Add(console, EpollEvents.Readable, ConsoleToken);
        epoll.Add(signals.Descriptor, EpollEvents.Readable, SignalToken);
        epoll.Add(process.PidFd, EpollEvents.Readable, ProcessToken);
        if (interactive) epoll.TryAdd(Fd.StandardInput, EpollEvents.Readable, InputToken);
        Streams.SetNonBlocking(console);
        Resize();

        Span<EpollEvent> events = stackalloc EpollEvent[4];
        int? code = null;
        while (code is null)
        {
            int count = epoll.Wait(events, -1);
            for (int i = 0; i < count; i++)
            {
                switch (events[i].Token)
                {
                    case ConsoleToken when !Copy(console, Fd.StandardOutput):
                        epoll.Remove(console);
                        break;
                    case InputToken when !Copy(Fd.StandardInput, console):
                        epoll.Remove(Fd.StandardInput);
                        break;
                    case SignalToken:
                        HandleSignals(signals, process);
                        break;
                    case ProcessToken:
                        code = PidFd.TryReap(process.PidFd);
                        break;
                }
            }
        }
        while (Copy(console, Fd.StandardOutput, untilEmpty: true))
        {
            // what it wrote last is still in the terminal
        }
        return code.Value;
    }

    private bool Copy(Fd from, Fd to, bool untilEmpty = false)
    {
        try
        {
            int count = Streams.Read(from, _buffer);
            if (count == Streams.NotReady) return !untilEmpty;
            if (count == 0) return false;
            Streams.WriteAll(to, _buffer.AsSpan(0, count));
            return true;
        }
        catch (SyscallException error) when (error.Errno is Errno.EIO or Errno.EPIPE)
        {
            return false; // nobody has the other side open any more
        }
    }

    private void HandleSignals(SignalFd signals, ContainerProcess process)
    {
        while (signals.TryRead(out int signal, out _))
        {
            if (signal == SignalNumber.WindowChange) Resize();
            else PidFd.TrySignal(process.PidFd, signal);
        }
    }

    private void Resize()
    {
        if (Terminal.TryGetSize(Fd.StandardInput) is { } size) Terminal.Resize(console, size);
    }
}
