using Sampan.Linux.Events;
using Sampan.Linux.Files;

namespace Sampan.Engine.Monitor;

/// <summary>Ends a container: first asks with its stop signal, then kills when its time is over.</summary>
/// <param name="stopSignal">The container's own, for example SIGTERM.</param>
public sealed class StopTimer(int stopSignal)
{
    /// <summary>How long a container has to end by itself.</summary>
    public const int DefaultMs = 10_000;

    private long? _killAt;

    /// <summary>For epoll_wait(2): milliseconds until something is to be done, -1 for never.</summary>
    public int RemainingMs => _killAt is { } at ? (int)Math.Clamp(at - Environment.TickCount64, 0, int.MaxValue) : -1;

    /// <summary>Asks the container to end. A second request can shorten the time, not lengthen it.</summary>
    /// <param name="signal">Instead of the container's own; 0 for that.</param>
    /// <param name="timeoutMs">Until SIGKILL; negative for never.</param>
    public void Begin(Fd process, int signal, int timeoutMs)
    {
        if (timeoutMs >= 0)
        {
            long at = Environment.TickCount64 + timeoutMs;
            _killAt = _killAt is { } earlier ? Math.Min(earlier, at) : at;
        }

        PidFd.TrySignal(process, signal is > 0 and <= SignalNumber.Maximum ? signal : stopSignal);
    }

    /// <summary>Kills when the time is over.</summary>
    public void KillWhenOver(Fd process)
    {
        if (_killAt is not { } at || Environment.TickCount64 < at) return;
        _killAt = null;
        PidFd.TrySignal(process, SignalNumber.Kill);
    }
}
