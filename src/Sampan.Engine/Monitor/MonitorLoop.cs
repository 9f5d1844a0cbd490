using Sampan.Engine.Logs;
using Sampan.Linux.Events;
using Sampan.Linux.Files;

namespace Sampan.Engine.Monitor;

/// <summary>
/// Everything that happens while a container runs, on one thread: its output goes to its log and to the attached clients,
/// their input, resizes and signals to it, until its first process has ended and nothing more comes out.
/// </summary>
public sealed class MonitorLoop : IDisposable
{
    private const long SignalToken = 1;
    private const long ProcessToken = 2;
    private const long OutputToken = 3;
    private const long ErrorToken = 4;

    /// <summary>How long output is awaited from processes that hold it open although the container has ended.</summary>
    private const int DrainMs = 1000;

    private readonly Epoll _epoll = new();
    private readonly byte[] _buffer = new byte[Frame.PayloadMaximum];
    private readonly EpollEvent[] _events = new EpollEvent[32];
    private readonly ContainerStreams _streams;
    private readonly LogWriter? _log;
    private readonly SignalFd? _signals;
    private readonly Fd _process;
    private readonly StopTimer _stop;
    private readonly MonitorClients _clients;
    private readonly InputFeed? _input;
    private bool _outputOpen = true;
    private bool _errorOpen;
    private bool _paused;
    private int? _exitCode;

    /// <param name="process">A pidfd of the container's first process, a child of this one.</param>
    /// <param name="signals">Signals to this process that are passed on: SIGTERM as a stop, others as they are.</param>
    /// <param name="listener">Where clients connect, or null.</param>
    /// <param name="first">The client that was there from the beginning, or null.</param>
    public MonitorLoop(ContainerStreams streams, Fd process, StopTimer stop, LogWriter? log, SignalFd? signals, Fd? listener, Fd? first)
    {
        _streams = streams;
        _process = process;
        _stop = stop;
        _log = log;
        _signals = signals;
        _errorOpen = streams.ErrorOutput is not null;
        if (streams.Input is not null) _input = new InputFeed(streams, _epoll);
        _clients = new MonitorClients(_epoll, listener, Handle);
        if (first is not null) _clients.Add(first);
        _epoll.Add(process, EpollEvents.Readable, ProcessToken);
        if (signals is not null) _epoll.Add(signals.Descriptor, EpollEvents.Readable, SignalToken);
        WatchOutput();
    }

    /// <summary>The clients, to be told how it ended.</summary>
    public MonitorClients Clients => _clients;

    /// <summary>Handles what clients have sent so far, without waiting: before the container starts, so that the first
    /// client gets all of its output.</summary>
    public void HandleFirstRequests() => _clients.ReadAll(_buffer);

    /// <summary>Runs until the container has ended.</summary>
    /// <returns>Its exit code, 128 plus the signal's number when it was killed.</returns>
    public int Run()
    {
        long drainUntil = 0;
        while (_exitCode is null || ((_outputOpen || _errorOpen) && Environment.TickCount64 < drainUntil))
        {
            int timeoutMs = _exitCode is null ? _stop.RemainingMs : (int)Math.Max(0, drainUntil - Environment.TickCount64);
            bool ended = _exitCode is not null;
            int count = _epoll.Wait(_events, timeoutMs);
            for (int i = 0; i < count; i++) Dispatch(_events[i]);
            _stop.KillWhenOver(_process);
            if (!ended && _exitCode is not null) drainUntil = Environment.TickCount64 + DrainMs;
            Pace();
        }

        return _exitCode.Value;
    }

    public void Dispose()
    {
        _clients.Dispose();
        _epoll.Dispose();
    }

    private void Dispatch(EpollEvent happened)
    {
        switch (happened.Token)
        {
            case SignalToken:
                PassSignals();
                break;
            case ProcessToken:
                _exitCode = PidFd.TryReap(_process);
                if (_exitCode is not null) _epoll.Remove(_process);
                break;
            case OutputToken when _streams.IsTerminal:
                if ((happened.Events & EpollEvents.Writable) != 0) _input?.Flush();
                if ((happened.Events & ~EpollEvents.Writable) != 0 && _outputOpen && !_paused) ReadOutput();
                break;
            case OutputToken:
                if (_outputOpen && !_paused) ReadOutput();
                break;
            case ErrorToken:
                if (_errorOpen && !_paused && !Copy(_streams.ErrorOutput!, LogStream.ErrorOutput, FrameType.ErrorOutput)) CloseErrorOutput();
                break;
            case InputFeed.Token:
                _input?.Flush();
                break;
            default:
                _clients.Dispatch(happened, _buffer);
                break;
        }
    }

    private void ReadOutput()
    {
        if (Copy(_streams.Output, LogStream.Output, FrameType.Output)) return;
        _outputOpen = false;
        _epoll.Remove(_streams.Output);
        if (_streams.IsTerminal) _input?.Abandon();
    }

    private void CloseErrorOutput()
    {
        _errorOpen = false;
        _epoll.Remove(_streams.ErrorOutput!);
    }

    // one read for each event: no stream can starve the others
    private bool Copy(Fd source, LogStream stream, FrameType type)
    {
        int count = Streams.Read(source, _buffer);
        if (count == 0) return false;
        if (count == Streams.NotReady) return true;
        ReadOnlySpan<byte> bytes = _buffer.AsSpan(0, count);
        _log?.Write(stream, bytes);
        _clients.Broadcast(type, bytes);
        return true;
    }

    private void WatchOutput()
    {
        if (_outputOpen) _epoll.Add(_streams.Output, EpollEvents.Readable | (_input?.TerminalInterest ?? EpollEvents.None), OutputToken);
        if (_errorOpen) _epoll.Add(_streams.ErrorOutput!, EpollEvents.Readable, ErrorToken);
    }

    /// <summary>Stops reading while a client that paces the container lags. What is left when the container has ended is at
    /// most what its pipes hold, so then nothing needs to wait.</summary>
    private void Pace()
    {
        bool pause = _exitCode is null && _clients.MustWait;
        if (pause != _paused)
        {
            _paused = pause;
            if (pause)
            {
                if (_outputOpen) _epoll.Remove(_streams.Output);
                if (_errorOpen) _epoll.Remove(_streams.ErrorOutput!);
            }
            else
            {
                WatchOutput();
                _input?.ForgetInterest();
            }
        }

        if (!_paused && _outputOpen && _input?.TerminalInterestChanged() == true)
            _epoll.Modify(_streams.Output, EpollEvents.Readable | _input.TerminalInterest, OutputToken);
        // a terminal that is not being read must still take input: Ctrl-C ends what floods it
        if (_paused && _streams.IsTerminal) _input?.Flush();
        _clients.HoldBackInput(_input is { IsFull: true });
    }

    private void PassSignals()
    {
        while (_signals!.TryRead(out int signal, out _))
        {
            if (signal == SignalNumber.Terminate) _stop.Begin(_process, signal: 0, StopTimer.DefaultMs);
            else PidFd.TrySignal(_process, signal);
        }
    }

    private void Handle(ClientConnection client, FrameType type, ReadOnlySpan<byte> payload)
    {
        switch (type)
        {
            case FrameType.Attach when payload.Length == 1:
                client.Flags = (AttachFlags)payload[0];
                break;
            case FrameType.Input:
                _input?.Add(payload);
                break;
            case FrameType.InputEnd:
                _input?.End();
                break;
            case FrameType.Resize when payload.Length == 4 && _streams.IsTerminal:
                Linux.Terminals.Terminal.Resize(_streams.Output, Frame.Size(payload));
                break;
            case FrameType.Signal:
                if (_exitCode is null && Frame.Number(payload) is > 0 and <= SignalNumber.Maximum) PidFd.TrySignal(_process, Frame.Number(payload));
                break;
            case FrameType.Stop:
                if (_exitCode is null) _stop.Begin(_process, Frame.Number(payload), Frame.Number(payload, 4));
                break;
            default:
                throw new InvalidDataException($"monitor protocol: unexpected frame {type} of {payload.Length} bytes");
        }
    }
}
