using System.Text;
using Sampan.Engine.State;
using Sampan.Linux.Errors;
using Sampan.Linux.Events;
using Sampan.Linux.Files;

namespace Sampan.Engine.Monitor;

/// <summary>Requests to the monitor of a running container.</summary>
public static class MonitorConnection
{
    /// <summary>Connects to a container's monitor.</summary>
    /// <exception cref="EngineException">The container does not run.</exception>
    public static Fd Open(ContainerRecord record, ContainerPaths paths) => TryOpen(paths) ?? throw NotRunning(record);

    private static Fd? TryOpen(ContainerPaths paths)
    {
        try
        {
            return UnixSocket.Connect(paths.Run, ContainerPaths.SocketName);
        }
        catch (SyscallException e) when (e.Errno is Errno.ENOENT or Errno.ECONNREFUSED)
        {
            return null;
        }
    }

    private static EngineException NotRunning(ContainerRecord record) => new($"container {record.Name} is not running");

    /// <summary>Sends a signal to the container's first process.</summary>
    public static void Signal(ContainerRecord record, ContainerPaths paths, int signal)
    {
        using Fd socket = Open(record, paths);
        if (!TrySend(socket, FrameType.Signal, signal)) throw NotRunning(record);
    }

    /// <summary>Asks the monitor to end its container, also one that is just starting, and waits until that has happened or the
    /// monitor is gone. The monitor does it even when this process is killed meanwhile.</summary>
    /// <param name="signal">0 for the container's own stop signal.</param>
    /// <param name="timeoutMs">Until SIGKILL; negative for never.</param>
    public static void StopIfRuns(ContainerPaths paths, int signal, int timeoutMs)
    {
        using Fd? socket = TryOpen(paths);
        if (socket is null || !TrySend(socket, FrameType.Stop, signal, timeoutMs)) return;
        AwaitEnd(socket);
    }

    /// <summary>Waits until a container has ended and is cleaned up.</summary>
    /// <returns>The exit code.</returns>
    public static int Wait(ContainerRecord record, ContainerPaths paths)
    {
        using Fd socket = Open(record, paths);
        return AwaitEnd(socket) ?? ExitRecord.ReadIfExists(paths.Exit)?.Code ?? ExitRecord.LostCode;
    }

    /// <summary>For a container that is started in the background: waits until its program runs.</summary>
    /// <returns>Null when it runs, else how starting it failed.</returns>
    public static AttachResult? AwaitStart(Fd socket)
    {
        ByteQueue received = new();
        while (Next(socket, received, out FrameType type, out ReadOnlySpan<byte> payload, out int size))
        {
            if (type == FrameType.Started) return null;
            if (type == FrameType.StartFailed)
                return new AttachResult(AttachEnd.StartFailed, Frame.Number(payload), Encoding.UTF8.GetString(payload[4..]));
            received.Consume(size);
        }

        return new AttachResult(AttachEnd.Lost, ExitRecord.LostCode, "the monitor ended unexpectedly");
    }

    private static int? AwaitEnd(Fd socket)
    {
        ByteQueue received = new();
        while (Next(socket, received, out FrameType type, out ReadOnlySpan<byte> payload, out int size))
        {
            if (type == FrameType.Exited) return Frame.Number(payload);
            received.Consume(size);
        }

        return null;
    }

    private static bool Next(Fd socket, ByteQueue received, out FrameType type, out ReadOnlySpan<byte> payload, out int size)
    {
        Span<byte> buffer = stackalloc byte[512];
        while (!Frame.TryPeek(received, out type, out payload, out size))
        {
            int count = Streams.Read(socket, buffer);
            if (count <= 0) return false;
            received.Append(buffer[..count]);
        }

        return true;
    }

    // false when the monitor ended in this moment
    private static bool TrySend(Fd socket, FrameType type, int first, int? second = null)
    {
        ByteQueue frame = new();
        Frame.Append(frame, type, first, second);
        try
        {
            Streams.WriteAll(socket, frame.Front);
            return true;
        }
        catch (SyscallException e) when (e.Errno is Errno.EPIPE or Errno.ECONNRESET)
        {
            return false;
        }
    }
}
