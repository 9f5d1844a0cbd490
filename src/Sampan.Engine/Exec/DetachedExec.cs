using Sampan.Engine.Monitor;
using Sampan.Engine.State;
using Sampan.Linux.Events;
using Sampan.Linux.Files;
using Sampan.Linux.Processes;
using Sampan.Runtime.Start;

namespace Sampan.Engine.Exec;

/// <summary>
/// <c>exec --detach</c>: a process of this program, in a session of its own, stays as the parent of the command until that
/// ends. It reaps it and has nothing else: its streams are /dev/null, and it ends with the container at the latest.
/// </summary>
public static class DetachedExec
{
    /// <summary>The hidden verb; it takes what <c>exec</c> takes.</summary>
    public const string Verb = "exec-detached";

    private const int ConnectionDescriptor = 3;

    /// <summary>Starts the parent; returns once the command is executed.</summary>
    /// <param name="arguments">Those of <c>exec</c>, without the verb.</param>
    /// <returns>Null when it runs, else how starting it failed.</returns>
    public static AttachResult? Start(EnginePaths paths, IEnumerable<string> arguments)
    {
        (Fd client, Fd parent) = UnixSocket.Pair();
        using Fd socket = client;
        using (parent)
        {
            using Fd nothing = Paths.Open("/dev/null", OpenFlags.ReadWrite);
            Dictionary<int, Fd> descriptors = new() { [0] = nothing, [1] = nothing, [2] = nothing, [ConnectionDescriptor] = parent };
            using Fd program = OwnProgram.Open();
            Spawn.Start(program.ProcPath, ["sampan", Verb, .. arguments], paths.EnvironmentOfProcess(), descriptors, newSession: true);
        }
        return MonitorConnection.AwaitStart(socket);
    }

    /// <summary>The whole life of that parent.</summary>
    /// <param name="execute">Executes the command and waits for its end; it calls what it is given once the command runs.</param>
    public static int Live(Func<Action, int> execute)
    {
        OwnProgram.Rename("sampan-exec");
        using Fd client = new(ConnectionDescriptor);
        Streams.SetCloseOnExec(client);
        try
        {
            return execute(() =>
            {
                ByteQueue frame = new();
                Frame.Append(frame, FrameType.Started, 0);
                Tell(client, frame);
            });
        }
        catch (Exception e) when (e is StartException or EngineException or IOException or UnauthorizedAccessException)
        {
            int code = (e as StartException)?.ExitCode ?? 125;
            ByteQueue frame = new();
            Frame.AppendStartFailed(frame, code, e.Message);
            Tell(client, frame);
            return code;
        }
    }

    private static void Tell(Fd client, ByteQueue frame)
    {
        try
        {
            Streams.WriteAll(client, frame.Front);
        }
        catch (IOException)
        {
            // the client is gone: nobody left to tell
        }

        client.Dispose();
    }
}
