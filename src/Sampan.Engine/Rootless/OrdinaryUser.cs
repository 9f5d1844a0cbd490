using System.Collections;
using Sampan.Engine.State;
using Sampan.Linux.Errors;
using Sampan.Linux.Events;
using Sampan.Linux.Files;
using Sampan.Linux.Namespaces;
using Sampan.Linux.Processes;
using Sampan.Linux.Processes.Program;
using Sampan.Runtime.Start;
using PidFds = Sampan.Linux.Events.PidFd;

namespace Sampan.Engine.Rootless;

/// <summary>
/// An ordinary user becomes root of a user namespace and does there what needs privileges: this program executes itself
/// again inside, with the same arguments, and passes on signals and the exit code.
/// </summary>
public static class OrdinaryUser
{
    /// <summary>Whether the caller has to go through <see cref="Enter(EnginePaths)"/> or <see cref="Join"/> first.</summary>
    public static bool IsCaller => Caller.Uid != 0;

    /// <summary>Executes this program again in a new user namespace with the caller's ids.</summary>
    /// <returns>Its exit code.</returns>
    public static int Enter(EnginePaths paths) => Enter(paths, Arguments());

    /// <summary>As <see cref="Enter(EnginePaths)"/>, with other arguments; the program's name is the first.</summary>
    public static int Enter(EnginePaths paths, IReadOnlyList<string> arguments)
    {
        using ChildChannel channel = new();
        using ChildProgram program = ReexecutionPlan.New(channel, arguments, Variables(paths));
        return Run(program, CloneFlags.NewUser | CloneFlags.NewMount, channel, giveIds: true);
    }

    /// <summary>Executes this program again in the user and mount namespace of a container's monitor.</summary>
    /// <returns>Its exit code.</returns>
    public static int Join(EnginePaths paths, int monitorPid)
    {
        using Fd monitor = PidFds.Open(monitorPid);
        using ChildChannel channel = new();
        using ChildProgram program = ReexecutionPlan.Joined(monitor, Arguments(), Variables(paths));
        return Run(program, CloneFlags.None, channel, giveIds: false);
    }

    private static int Run(ChildProgram program, CloneFlags namespaces, ChildChannel channel, bool giveIds)
    {
        Cloned child = Cloning.Clone(program, namespaces, channel.Child);
        using Fd process = child.PidFd;
        channel.Child.Dispose();
        try
        {
            while (channel.Receive() is { } message)
            {
                if (message.Step != ChildMessage.Waiting)
                    throw new EngineException($"enter a user namespace: {program.Steps[message.Step]}: {message.Errno.Describe()}");
                if (giveIds) IdMaps.Write(child.Pid, CallerIds.Users(), CallerIds.Groups());
                channel.Continue();
            }
        }
        catch
        {
            PidFds.TrySignal(process, SignalNumber.Kill);
            PidFds.Reap(process);
            throw;
        }

        return SignalRelay.Wait(process, sharesTerminal: true);
    }

    private static List<string> Arguments() => ["sampan", .. Environment.GetCommandLineArgs()[1..]];

    // inside, the caller seems to be root: the places of an ordinary user are told explicitly
    private static List<string> Variables(EnginePaths paths)
    {
        List<string> variables = [$"SAMPAN_DATA={paths.Data}", $"SAMPAN_RUN={paths.Run}"];
        foreach (DictionaryEntry variable in Environment.GetEnvironmentVariables())
            if (variable.Key is not ("SAMPAN_DATA" or "SAMPAN_RUN")) variables.Add($"{variable.Key}={variable.Value}");
        return variables;
    }
}
