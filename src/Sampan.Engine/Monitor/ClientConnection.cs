using Sampan.Linux.Errors;
using Sampan.Linux.Events;
using Sampan.Linux.Files;

namespace Sampan.Engine.Monitor;

/// <summary>One client of a monitor: what it sent and is not yet handled, what it is still to be sent.</summary>
public sealed class ClientConnection(Fd socket, long token) : IDisposable
{
    /// <summary>How far a client may fall behind.</summary>
    public const int PendingMaximumBytes = 256 * 1024;

    /// <summary>Non-blocking.</summary>
    public Fd Socket { get; } = socket;

    public long Token { get; } = token;

    public AttachFlags Flags { get; set; }

    public ByteQueue Received { get; } = new();

    public ByteQueue Pending { get; } = new();

    /// <summary>What the event loop watches this socket for at the moment.</summary>
    public EpollEvents Watched { get; set; }

    public bool Lags => Pending.Count > PendingMaximumBytes;

    /// <summary>Writes what fits into the socket; false when the client is gone.</summary>
    public bool TryFlush()
    {
        try
        {
            while (Pending.Count > 0)
            {
                int count = Streams.Write(Socket, Pending.Front);
                if (count == Streams.NotReady) return true;
                Pending.Consume(count);
            }

            return true;
        }
        catch (SyscallException e) when (e.Errno is Errno.EPIPE or Errno.ECONNRESET)
        {
            return false;
        }
    }

    public void Dispose() => Socket.Dispose();
}
