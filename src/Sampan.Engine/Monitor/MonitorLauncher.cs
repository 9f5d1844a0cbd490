using Sampan.Engine.State;
using Sampan.Linux.Events;
using Sampan.Linux.Files;
using Sampan.Linux.Processes;

namespace Sampan.Engine.Monitor;

/// <summary>Starts the monitor of a container: this same program, by the hidden verb <c>monitor</c>.</summary>
public static class MonitorLauncher
{
    /// <summary>Under which the monitor finds the connection to its first client.</summary>
    public const int ConnectionDescriptor = 3;

    /// <summary>Under which the monitor finds the lock and the socket of the container's <see cref="RunDirectory"/>.</summary>
    public const int LockDescriptor = 4, ListenerDescriptor = 5;

    /// <summary>The hidden verb; its one argument is the container's id.</summary>
    public const string Verb = "monitor";

    /// <summary>A connection whose other end is to become a monitor's first client. What is written into it before
    /// <see cref="Start"/> is handled before the container starts, so that no output is missed.</summary>
    public static (Fd Client, Fd Monitor) Connection() => UnixSocket.Pair();

    /// <summary>Starts the monitor; its answer, <see cref="FrameType.Started"/> or <see cref="FrameType.StartFailed"/>, comes
    /// through the connection.</summary>
    /// <param name="claim">Given away: from here on the container is the monitor's.</param>
    /// <param name="monitorEnd">Given away: closed here.</param>
    public static void Start(EnginePaths paths, string id, RunDirectory claim, Fd monitorEnd)
    {
        using Fd nothing = Paths.Open("/dev/null", OpenFlags.ReadWrite);
        Dictionary<int, Fd> descriptors = new()
        {
            [0] = nothing,
            [1] = nothing,
            [2] = nothing,
            [ConnectionDescriptor] = monitorEnd,
            [LockDescriptor] = claim.Lock.Descriptor,
            [ListenerDescriptor] = claim.Listener,
        };
        // a session of its own: the terminal's Ctrl-C and hang-up are not for the monitor
        using Fd program = OwnProgram.Open();
        Spawn.Start(program.ProcPath, ["sampan", Verb, id], paths.EnvironmentOfMonitor(), descriptors, newSession: true);
        monitorEnd.Dispose();
        claim.Dispose();
    }
}
