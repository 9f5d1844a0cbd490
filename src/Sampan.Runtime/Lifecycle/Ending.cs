using Sampan.Linux.Cgroups;
using Sampan.Linux.Errors;
using Sampan.Linux.Events;
using Sampan.Linux.Files;
using Sampan.Runtime.Hooks;
using Sampan.Runtime.Spec;
using Sampan.Runtime.State;
using Sampan.Runtime.Systemd;

namespace Sampan.Runtime.Lifecycle;

/// <summary><c>kill</c> and <c>delete</c>.</summary>
public static class Ending
{
    private const int EndTimeoutMs = 10_000;

    /// <summary>Sends a signal to the container's first process, or to all of its processes.</summary>
    public static void Kill(StateStore store, string id, int signal, bool all)
    {
        ContainerState state = store.Read(id);
        ContainerStatus status = store.StatusOf(state);
        if (all && state.CgroupPath is not null)
        {
            // also after its first process has ended: in a shared pid namespace the others live on
            int signalled = 0;
            foreach (int pid in Cgroup.Open(state.CgroupPath).Processes())
                if (SignalPid(pid, signal)) signalled++;
            if (signalled == 0 && status == ContainerStatus.Stopped) throw new LifecycleException("container not running");
        }
        else if (status == ContainerStatus.Stopped || state.Pid == 0 || !SignalPid(state.Pid, signal)) throw new LifecycleException("container not running");
        // a stopped (frozen) process of cgroup version 1 does not even die before it is let go on
        if (signal == SignalNumber.Kill && status == ContainerStatus.Paused) Cgroup.Open(state.CgroupPath!).Thaw();
    }

    /// <summary>Removes what is left of a stopped container; with <paramref name="force"/> also of one that runs or never was.</summary>
    /// <param name="spec">Its configuration, where the caller still has it.</param>
    public static void Delete(StateStore store, string id, bool force, ContainerSpec? spec = null)
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
        if (status is not (ContainerStatus.Stopped or ContainerStatus.Created) && !force)
            throw new LifecycleException($"cannot delete container {id} that is not stopped: {status.ToString().ToLowerInvariant()}");
        if (status != ContainerStatus.Stopped && state.Pid != 0) SignalPid(state.Pid, SignalNumber.Kill);
        if (state.CgroupPath is not null)
        {
            Cgroup cgroup = Cgroup.Open(state.CgroupPath);
            if (status == ContainerStatus.Paused) cgroup.Thaw();
            // its processes in a shared pid namespace outlive the first one; and one cut off while being made is only here
            if (cgroup.Processes().Count > 0) cgroup.KillAll();
            if (state.Pid != 0) WaitUntilStopped(store, state);
            if (state.CgroupUnit is not null) StopScope(state);
            cgroup.Delete();
        }
        else if (state.Pid != 0) WaitUntilStopped(store, state);
        CacheAllocation.Delete(state);
        ContainerHooks? hooks = HooksOf(store, state, spec);
        store.Remove(id);
        hooks?.RunAfterStop(Warn);
    }

    /// <summary>Ends a container's first process, and with it the container; it can still be asked about and deleted.</summary>
    internal static void Stop(int pid) => SignalPid(pid, SignalNumber.Kill);

    internal static void Warn(string message) => Warnings.Say(message);

    private static void StopScope(ContainerState state)
    {
        try
        {
            Scope.Stop(state.CgroupUnit!);
        }
        catch (IOException error)
        {
            Warn($"container {state.Id}: {error.Message}"); // its other traces must go all the same
        }
    }

    private static ContainerHooks? HooksOf(StateStore store, ContainerState state, ContainerSpec? spec)
    {
        try
        {
            return new ContainerHooks(spec ?? store.ReadSpec(state), state.Id, state.Bundle);
        }
        catch (Exception error) when (error is SpecException or IOException)
        {
            Warn($"container {state.Id}: poststop hooks do not run: {error.Message}"); // its other traces must go all the same
            return null;
        }
    }

    private static void WaitUntilStopped(StateStore store, ContainerState state)
    {
        for (int waitedMs = 0; store.StatusOf(state) != ContainerStatus.Stopped; waitedMs += 1)
        {
            if (waitedMs > EndTimeoutMs) throw new LifecycleException($"container {state.Id}: process {state.Pid} does not end");
            Thread.Sleep(1);
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
