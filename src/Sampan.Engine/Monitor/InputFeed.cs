using Sampan.Linux.Errors;
using Sampan.Linux.Events;
using Sampan.Linux.Files;

namespace Sampan.Engine.Monitor;

/// <summary>What clients typed, on its way into the container as fast as that reads it.</summary>
internal sealed class InputFeed(ContainerStreams streams, Epoll epoll)
{
    /// <summary>Under which a pipe's readiness is reported; a terminal's comes with its output.</summary>
    public const long Token = 5;

    private const int PendingMaximumBytes = 256 * 1024;

    private readonly ByteQueue _pending = new();
    private Fd? _target = streams.Input;
    private bool _ends;
    private bool _watched;
    private EpollEvents _terminalInterest;

    /// <summary>Clients are not read until the container has taken some.</summary>
    public bool IsFull => _pending.Count > PendingMaximumBytes;

    /// <summary>What the terminal is to be watched for on behalf of the input.</summary>
    public EpollEvents TerminalInterest => streams.IsTerminal && _pending.Count > 0 ? EpollEvents.Writable : EpollEvents.None;

    public void Add(ReadOnlySpan<byte> bytes)
    {
        if (_target is null || _ends) return;
        _pending.Append(bytes);
        Flush();
    }

    /// <summary>Closes the container's standard input when all is written. A terminal has no end of its own: its user
    /// types one.</summary>
    public void End()
    {
        if (streams.IsTerminal) return;
        _ends = true;
        Flush();
    }

    /// <summary>Nobody reads any more.</summary>
    public void Abandon()
    {
        _pending.Consume(_pending.Count);
        if (_target is null) return;
        if (!streams.IsTerminal)
        {
            if (_watched) epoll.Remove(_target);
            _target.Dispose();
        }

        _watched = false;
        _target = null;
    }

    public void Flush()
    {
        if (_target is null) return;
        try
        {
            while (_pending.Count > 0)
            {
                int count = Streams.Write(_target, _pending.Front);
                if (count == Streams.NotReady) break;
                _pending.Consume(count);
            }
        }
        catch (SyscallException e) when (e.Errno is Errno.EPIPE or Errno.EIO)
        {
            Abandon();
            return;
        }

        if (_pending.Count == 0 && _ends) Abandon();
        else if (!streams.IsTerminal) WatchPipe();
    }

    /// <summary>Whether <see cref="TerminalInterest"/> is another than when last asked.</summary>
    public bool TerminalInterestChanged()
    {
        EpollEvents now = TerminalInterest;
        bool changed = now != _terminalInterest;
        _terminalInterest = now;
        return changed;
    }

    /// <summary>The terminal was added to the event loop anew, with the interest of now.</summary>
    public void ForgetInterest() => _terminalInterest = TerminalInterest;

    private void WatchPipe()
    {
        bool watch = _pending.Count > 0;
        if (watch == _watched) return;
        _watched = watch;
        if (watch) epoll.Add(_target!, EpollEvents.Writable, Token);
        else epoll.Remove(_target!);
    }
}
