using Sampan.Linux.Errors;
using Sampan.Linux.Events;
using Sampan.Linux.Files;
using Sampan.Linux.Processes;
using Sampan.Linux.Terminals;
using Sampan.Runtime.Lifecycle;
using Sampan.Runtime.Start;

namespace Sampan.Oci.Commands;

/// <summary>
/// A process that its caller waits for: signals sent to this process are passed on, orphans are reaped, and its terminal, where it
/// has one, is connected to the caller's.
/// </summary>
/// <param name="signals">What <see cref="TakeSignals"/> took, disposed of here.</param>
internal sealed class Foreground(ContainerProcess process, SignalFd signals, Fd? console, NotifySocket? notify)
{
    private const long ProcessToken = 1;
    private const long SignalToken = 2;
    private const long ConsoleToken = 3;
    private const long InputToken = 4;
    private const long NotifyToken = 5;
    private const int Alarm = 14;

    private readonly byte[] _buffer = new byte[16 * 1024];

    /// <summary>Keeps the signals that the process gets from acting on this one.</summary>
    public static SignalFd TakeSignals() => new(SignalNumber.Child, SignalNumber.WindowChange, SignalNumber.HangUp, SignalNumber.Interrupt,
        SignalNumber.Quit, SignalNumber.User1, SignalNumber.User2, SignalNumber.Terminate, SignalNumber.Continue, Alarm);

    /// <summary>Returns the exit code, or 128 plus the signal that ended it.</summary>
    public int Wait()
    {
        using SignalFd taken = signals;
        using RawMode? raw = console is null ? null : RawMode.TryEnter(Fd.StandardInput, keepOutput: true);
        using Epoll epoll = new();
        epoll.Add(process.PidFd, EpollEvents.Readable, ProcessToken);
        epoll.Add(signals.Descriptor, EpollEvents.Readable, SignalToken);
        if (notify is not null) epoll.Add(notify.Descriptor, EpollEvents.Readable, NotifyToken);
        bool pumped = false; // input that is a regular file can not be watched
        if (console is not null)
        {
            Streams.SetNonBlocking(console);
            Terminal.KeepLineFeeds(console);
            Resize();
            epoll.Add(console, EpollEvents.Readable, ConsoleToken);
            pumped = !epoll.TryAdd(Fd.StandardInput, EpollEvents.Readable, InputToken);
        }
        if (pumped) while (Copy(Fd.StandardInput, console!)) { }

        Span<EpollEvent> events = stackalloc EpollEvent[5];
        int? code = null;
        while (code is null)
        {
            int count = epoll.Wait(events, -1);
            for (int i = 0; i < count; i++)
            {
                switch (events[i].Token)
                {
                    case ProcessToken:
                        code ??= PidFd.TryReap(process.PidFd);
                        break;
                    case SignalToken:
                        code = Handle() ?? code;
                        break;
                    case ConsoleToken when !Copy(console!, Fd.StandardOutput):
                        epoll.Remove(console!);
                        break;
                    case InputToken when !Copy(Fd.StandardInput, console!):
                        epoll.Remove(Fd.StandardInput);
                        break;
                    case NotifyToken:
                        notify!.Forward();
                        break;
                }
            }
        }
        if (console is not null) Drain();
        notify?.Forward(); // it may have said so and ended at once
        return code.Value;
    }

    // what it wrote last is still in the terminal
    private void Drain()
    {
        try
        {
            int count;
            while ((count = Streams.Read(console!, _buffer)) > 0) Streams.WriteAll(Fd.StandardOutput, _buffer.AsSpan(0, count));
        }
        catch (SyscallException error) when (error.Errno is Errno.EPIPE)
        {
            // nobody reads any more
        }
    }

    private bool Copy(Fd from, Fd to)
    {
        try
        {
            int count = Streams.Read(from, _buffer);
            if (count == Streams.NotReady) return true;
            if (count == 0) return false;
            Streams.WriteAll(to, _buffer.AsSpan(0, count));
            return true;
        }
        catch (SyscallException error) when (error.Errno is Errno.EIO or Errno.EPIPE)
        {
            return false; // nobody has the other side open any more
        }
    }

    private int? Handle()
    {
        int? code = null;
        while (signals.TryRead(out int signal, out _))
        {
            switch (signal)
            {
                case SignalNumber.Child:
                    while (Subreaper.TryReap() is { } ended)
                        if (ended.Pid == process.Pid) code = ended.Status.ShellCode;
                    break;
                case SignalNumber.WindowChange when console is not null:
                    Resize();
                    break;
                default:
                    PidFd.TrySignal(process.PidFd, signal);
                    break;
            }
        }
        return code;
    }

    private void Resize()
    {
        if (Terminal.TryGetSize(Fd.StandardInput) is { } size) Terminal.Resize(console!, size);
    }
}
