using Sampan.Linux.Events;
using Sampan.Linux.Files;

namespace Sampan.Engine.Monitor;

/// <summary>Handles one frame from a client; an <see cref="InvalidDataException"/> from it disconnects that client.</summary>
public delegate void FrameHandler(ClientConnection client, FrameType type, ReadOnlySpan<byte> payload);

/// <summary>The clients of one monitor.</summary>
public sealed class MonitorClients : IDisposable
{
    private const long ListenerToken = 16;

    private readonly Epoll _epoll;
    private readonly Fd? _listener;
    private readonly FrameHandler _handle;
    private readonly List<ClientConnection> _clients = [];
    private long _lastToken = ListenerToken;
    private bool _heldBack;

    public MonitorClients(Epoll epoll, Fd? listener, FrameHandler handle)
    {
        _epoll = epoll;
        _listener = listener;
        _handle = handle;
        if (listener is not null) epoll.Add(listener, EpollEvents.Readable, ListenerToken);
    }

    /// <summary>A client that the container is to wait for has not read enough.</summary>
    public bool MustWait
    {
        get
        {
            foreach (ClientConnection client in _clients)
                if ((client.Flags & AttachFlags.Paces) != 0 && client.Lags) return true;
            return false;
        }
    }

    /// <summary>Serves one more client.</summary>
    public void Add(Fd socket)
    {
        Streams.SetNonBlocking(socket);
        ClientConnection client = new(socket, ++_lastToken) { Watched = EpollEvents.Readable };
        _clients.Add(client);
        _epoll.Add(socket, client.Watched, client.Token);
    }

    /// <summary>Serves everybody who has connected to the listener.</summary>
    public void AcceptAll()
    {
        while (_listener is not null && UnixSocket.Accept(_listener) is { } socket) Add(socket);
    }

    /// <summary>Reads from all clients what is there.</summary>
    public void ReadAll(byte[] buffer)
    {
        for (int i = _clients.Count - 1; i >= 0; i--)
            if (!TryRead(_clients[i], buffer)) Remove(_clients[i]);
    }

    /// <summary>Handles an event of the listener or a client.</summary>
    public void Dispatch(EpollEvent happened, byte[] buffer)
    {
        if (happened.Token == ListenerToken)
        {
            AcceptAll();
            return;
        }

        if (Find(happened.Token) is not { } client) return; // removed by an earlier event of this round
        bool alive = (happened.Events & EpollEvents.Writable) == 0 || client.TryFlush();
        if (alive && (happened.Events & ~EpollEvents.Writable) != 0) alive = TryRead(client, buffer);
        if (alive) Watch(client);
        else Remove(client);
    }

    /// <summary>Sends output to all clients that want it.</summary>
    public void Broadcast(FrameType type, ReadOnlySpan<byte> bytes)
    {
        for (int i = _clients.Count - 1; i >= 0; i--)
        {
            ClientConnection client = _clients[i];
            if ((client.Flags & AttachFlags.Output) == 0) continue;
            Frame.Append(client.Pending, type, bytes);
            Flush(client);
            if (client.Lags && (client.Flags & AttachFlags.Paces) == 0) Remove(client);
        }
    }

    /// <summary>Sends one number to all clients.</summary>
    public void Tell(FrameType type, int number)
    {
        for (int i = _clients.Count - 1; i >= 0; i--)
        {
            Frame.Append(_clients[i].Pending, type, number);
            Flush(_clients[i]);
        }
    }

    /// <summary>Tells all clients that the container did not start.</summary>
    public void TellStartFailed(int exitCode, string message)
    {
        for (int i = _clients.Count - 1; i >= 0; i--)
        {
            Frame.AppendStartFailed(_clients[i].Pending, exitCode, message);
            Flush(_clients[i]);
        }
    }

    /// <summary>Stops and resumes reading from clients.</summary>
    public void HoldBackInput(bool hold)
    {
        if (hold == _heldBack) return;
        _heldBack = hold;
        foreach (ClientConnection client in _clients) Watch(client);
    }

    /// <summary>Waits until every client has read all it is owed, or is gone. Nothing else may be waiting on this: there is no
    /// time limit, as there is none for a program in a pipe.</summary>
    public void Finish()
    {
        foreach (ClientConnection client in _clients)
        {
            while (client.TryFlush() && client.Pending.Count > 0) Streams.Wait(client.Socket, EpollEvents.Writable, -1);
            client.Dispose();
        }

        _clients.Clear();
    }

    public void Dispose()
    {
        foreach (ClientConnection client in _clients) client.Dispose();
        _clients.Clear();
    }

    private bool TryRead(ClientConnection client, byte[] buffer)
    {
        try
        {
            int count = Streams.Read(client.Socket, buffer);
            if (count == 0) return false;
            if (count > 0) client.Received.Append(buffer.AsSpan(0, count));
            while (Frame.TryPeek(client.Received, out FrameType type, out ReadOnlySpan<byte> payload, out int size))
            {
                _handle(client, type, payload);
                client.Received.Consume(size);
            }

            return true;
        }
        catch (InvalidDataException)
        {
            return false;
        }
    }

    private void Flush(ClientConnection client)
    {
        if (client.TryFlush()) Watch(client);
        else Remove(client);
    }

    private void Watch(ClientConnection client)
    {
        EpollEvents wanted = _heldBack ? EpollEvents.None : EpollEvents.Readable;
        if (client.Pending.Count > 0) wanted |= EpollEvents.Writable;
        if (wanted == client.Watched) return;
        client.Watched = wanted;
        _epoll.Modify(client.Socket, wanted, client.Token);
    }

    private void Remove(ClientConnection client)
    {
        if (!_clients.Remove(client)) return;
        _epoll.Remove(client.Socket);
        client.Dispose();
    }

    private ClientConnection? Find(long token)
    {
        foreach (ClientConnection client in _clients)
            if (client.Token == token) return client;
        return null;
    }
}
