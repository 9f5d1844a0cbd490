using System.Text;
using Sampan.Linux.Errors;
using Sampan.Linux.Events;
using Sampan.Linux.Files;
using Sampan.Linux.Terminals;

namespace Sampan.Engine.Monitor;

/// <summary>Connects this process's terminal or streams to a container, until that ends or the user leaves. One thread.</summary>
public sealed class AttachClient : IDisposable
{
    private const long SocketToken = 1;
    private const long InputToken = 2;
    private const long SignalToken = 3;

    /// <summary>How long a container has to end when nobody reads its output any more (as in <c>sampan run … | head</c>).</summary>
    private const int BrokenPipeStopMs = 1000;

    private readonly AttachOptions _options;
    private readonly ClientConnection _connection;
    private readonly SignalFd _signals;
    private readonly Epoll _epoll = new();
    private readonly byte[] _buffer = new byte[Frame.PayloadMaximum];
    private readonly ByteQueue _typed = new();
    private readonly DetachKeys _detachKeys = new();
    private readonly RawMode? _rawMode;
    private bool _inputWatched;
    private bool _inputIsFile;
    private bool _inputOpen;
    private bool _outputBroken;
    private AttachResult? _result;

    /// <param name="socket">A connection to a monitor.</param>
    public AttachClient(Fd socket, AttachOptions options)
    {
        _options = options;
        _connection = new ClientConnection(socket, SocketToken) { Watched = EpollEvents.Readable };
        Streams.SetNonBlocking(socket);
        _signals = new SignalFd(SignalNumber.Terminate, SignalNumber.Interrupt, SignalNumber.HangUp, SignalNumber.Quit,
            SignalNumber.User1, SignalNumber.User2, SignalNumber.WindowChange);
        _inputOpen = options.Interactive;
        if (options is { Terminal: true, Interactive: true }) _rawMode = RawMode.TryEnter(options.Input);
        Frame.Append(_connection.Pending, FrameType.Attach,
            [(byte)(AttachFlags.Output | (options.Paces ? AttachFlags.Paces : AttachFlags.None))]);
        if (options.Terminal) SendSize();
    }

    /// <summary>Writes the first requests into the connection, so that a monitor that is started next finds them.</summary>
    public void Announce() => _connection.TryFlush();

    /// <summary>Runs until the container has ended, or the user leaves.</summary>
    public AttachResult Run()
    {
        _epoll.Add(_connection.Socket, _connection.Watched, SocketToken);
        _epoll.Add(_signals.Descriptor, EpollEvents.Readable, SignalToken);
        Span<EpollEvent> events = stackalloc EpollEvent[3];
        while (_result is null)
        {
            WatchInput();
            bool readFile = _inputIsFile && _inputOpen && !_connection.Lags;
            int count = _epoll.Wait(events, readFile ? 0 : -1);
            for (int i = 0; i < count && _result is null; i++) Dispatch(events[i]);
            if (readFile && _result is null) ReadInput();
            if (_result is null) Send();
        }

        return _result;
    }

    /// <summary>Restores the terminal and disconnects.</summary>
    public void Dispose()
    {
        _rawMode?.Dispose();
        _epoll.Dispose();
        _connection.Dispose();
    }

    private void Dispatch(EpollEvent happened)
    {
        switch (happened.Token)
        {
            case SignalToken:
                HandleSignals();
                break;
            case InputToken:
                ReadInput();
                break;
            case SocketToken when (happened.Events & ~EpollEvents.Writable) != 0:
                Receive();
                break;
        }
    }

    private void Receive()
    {
        int count = Streams.Read(_connection.Socket, _buffer);
        if (count == Streams.NotReady) return;
        if (count > 0) _connection.Received.Append(_buffer.AsSpan(0, count));
        while (_result is null && Frame.TryPeek(_connection.Received, out FrameType type, out ReadOnlySpan<byte> payload, out int size))
        {
            Handle(type, payload);
            _connection.Received.Consume(size);
        }

        if (count == 0) _result ??= new AttachResult(AttachEnd.Lost, State.ExitRecord.LostCode, "the monitor ended unexpectedly");
    }

    private void Handle(FrameType type, ReadOnlySpan<byte> payload)
    {
        switch (type)
        {
            case FrameType.Output:
                Show(_options.Output, payload);
                break;
            case FrameType.ErrorOutput:
                Show(_options.ErrorOutput, payload);
                break;
            case FrameType.Exited:
                _result = new AttachResult(AttachEnd.Exited, Frame.Number(payload));
                break;
            case FrameType.StartFailed:
                _result = new AttachResult(AttachEnd.StartFailed, Frame.Number(payload), Encoding.UTF8.GetString(payload[4..]));
                break;
        }
    }

    private void Show(Fd target, ReadOnlySpan<byte> bytes)
    {
        if (_outputBroken) return;
        try
        {
            Streams.WriteAll(target, bytes);
        }
        catch (SyscallException e) when (e.Errno is Errno.EPIPE or Errno.EIO)
        {
            // the container learns of it as a program in a pipe would, only later
            _outputBroken = true;
            Frame.Append(_connection.Pending, FrameType.Stop, 0, BrokenPipeStopMs);
        }
    }

    private void ReadInput()
    {
        int count = Streams.Read(_options.Input, _buffer);
        if (count == Streams.NotReady) return;
        if (count == 0)
        {
            _inputOpen = false;
            Frame.Append(_connection.Pending, FrameType.InputEnd, []);
        }
        else if (_rawMode is null)
        {
            Frame.Append(_connection.Pending, FrameType.Input, _buffer.AsSpan(0, count));
        }
        else
        {
            bool detach = _detachKeys.Filter(_buffer.AsSpan(0, count), _typed);
            if (_typed.Count > 0) Frame.Append(_connection.Pending, FrameType.Input, _typed.Front);
            _typed.Consume(_typed.Count);
            if (detach) _result = new AttachResult(AttachEnd.Detached, 0);
        }
    }

    private void HandleSignals()
    {
        while (_signals.TryRead(out int signal, out _))
        {
            if (signal == SignalNumber.WindowChange) SendSize();
            else if (_options is { Terminal: false, PassSignals: true }) Frame.Append(_connection.Pending, FrameType.Signal, signal);
            else _result = new AttachResult(AttachEnd.Interrupted, 128 + signal);
        }
    }

    private void SendSize()
    {
        if (_options.Terminal && (Terminal.TryGetSize(_options.Output) ?? Terminal.TryGetSize(_options.Input)) is { } size)
            Frame.AppendResize(_connection.Pending, size.Rows, size.Columns);
    }

    private void Send()
    {
        // a monitor that is gone is noticed by reading: what it sent before may still be there
        _connection.TryFlush();
        EpollEvents wanted = EpollEvents.Readable | (_connection.Pending.Count > 0 ? EpollEvents.Writable : EpollEvents.None);
        if (wanted == _connection.Watched) return;
        _connection.Watched = wanted;
        _epoll.Modify(_connection.Socket, wanted, SocketToken);
    }

    private void WatchInput()
    {
        bool watch = _inputOpen && !_inputIsFile && !_connection.Lags;
        if (watch == _inputWatched) return;
        if (!watch) _epoll.Remove(_options.Input);
        else _inputIsFile = !_epoll.TryAdd(_options.Input, EpollEvents.Readable, InputToken);
        _inputWatched = watch && !_inputIsFile;
    }
}
