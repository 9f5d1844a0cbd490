using Sampan.Linux.Cgroups;
using Sampan.Linux.Errors;
using Sampan.Linux.Events;
using Sampan.Linux.Files;
using Sampan.Runtime.Hooks;
using Sampan.Runtime.Spec;
using Sampan.Runtime.State;

namespace Sampan.Runtime.Lifecycle;

/// <summary><c>kill</c> and <c>delete</c>.</summary>
public static class Ending
{
    /// <summary>Sends a signal to the container's first process, or to all of its processes.</summary>
    public static void Kill(StateStore store, string id, int signal, bool all)
    {
        ContainerState state = store.Read(id);
        if (all && state.CgroupPath is not null)
        {
            foreach (int pid in Cgroup.Open(state.CgroupPath).Processes()) SignalPid(pid, signal);
            return;
        }
        if (store.StatusOf(state) == ContainerStatus.Stopped) throw new LifecycleException("container not running");
        if (!SignalPid(state.Pid, signal)) throw new LifecycleException("container not running");
    }

    /// <summary>Removes what is left of a stopped container; with <paramref name="force"/> also of one that runs or never was.</summary>
    public static void Delete(StateStore store, string id, bool force)
    {
        ContainerState state;
        try
        {
            state = store.Read(id);
        }
        catch (LifecycleException) when (force)
        {
            store.Remove(id); // a creation that was cut off leaves a folder without a state
            return;
        }
        ContainerStatus status = store.StatusOf(state);
        if (status == ContainerStatus.Running && !force) throw new LifecycleException($"cannot delete container {id} that is not stopped: running");
        Cgroup? cgroup = state.CgroupPath is null ? null : Cgroup.Open(state.CgroupPath);
        if (status != ContainerStatus.Stopped)
        {
            SignalPid(state.Pid, SignalNumber.Kill);
            cgroup?.KillAll();
            WaitUntilStopped(store, state);
        }
        cgroup?.Delete();
        ContainerHooks? hooks = HooksOf(store, state);
        store.Remove(id);
        hooks?.RunAfterStop(Warn);
    }

    /// <summary>Ends a container's first process, and with it the container; it can still be asked about and deleted.</summary>
    internal static void Stop(ContainerState state) => SignalPid(state.Pid, SignalNumber.Kill);

    internal static void Warn(string message) => Console.Error.WriteLine($"sampan-oci: warning: {message}");

    private static ContainerHooks? HooksOf(StateStore store, ContainerState state)
    {
        try
        {
            return new ContainerHooks(store.ReadSpec(state), state.Id, state.Bundle);
        }
        catch (Exception error) when (error is SpecException or IOException)
        {
            Warn($"container {state.Id}: poststop hooks do not run: {error.Message}"); // its other traces must go all the same
            return null;
        }
    }

    private static void WaitUntilStopped(StateStore store, ContainerState state)
    {
        for (int waitedMs = 0; store.StatusOf(state) != ContainerStatus.Stopped; waitedMs += 5)
        {
            if (waitedMs > 10_000) throw new LifecycleException($"container {state.Id}: process {state.Pid} does not end");
            Thread.Sleep(5);
        }
    }

    private static bool SignalPid(int pid, int signal)
    {
        try
        {
            using Fd process = PidFd.Open(pid);
            return PidFd.TrySignal(process, signal);
        }
        catch (SyscallException error) when (error.Errno is Errno.ESRCH)
        {
            return false;
        }
    }
}
