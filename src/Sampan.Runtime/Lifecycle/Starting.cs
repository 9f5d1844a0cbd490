using Sampan.Linux.Cgroups;
using Sampan.Linux.Events;
using Sampan.Linux.Files;
using Sampan.Runtime.Hooks;
using Sampan.Runtime.Spec;
using Sampan.Runtime.Start;
using Sampan.Runtime.State;

namespace Sampan.Runtime.Lifecycle;

/// <summary><c>start</c>: lets a created container execute its command.</summary>
public static class Starting
{
    /// <param name="notifySocket">The caller's <c>NOTIFY_SOCKET</c>: then returns only when the container is ready.</param>
    public static void Start(StateStore store, string id, string? notifySocket = null)
    {
        using DirectoryLock only = store.Lock(id);
        ContainerState state = store.Read(id);
        switch (store.StatusOf(state))
        {
            case ContainerStatus.Created: break;
            case ContainerStatus.Creating: throw new LifecycleException("cannot start a container that is still being created");
            case ContainerStatus.Stopped: throw new LifecycleException("cannot start a container that has stopped");
            default: throw new LifecycleException("cannot start an already running container");
        }
        string directory = store.DirectoryOf(id);
        ContainerSpec spec = store.ReadSpec(state);
        if (spec.Hooks.StartContainer.Count > 0 && spec.Process is not null)
        {
            Cgroup? cgroup = state.CgroupPath is null ? null : Cgroup.Open(state.CgroupPath);
            StopWhenFailing(state.Pid, () => new ContainerHooks(spec, id, state.Bundle).RunBeforeStart(state.Pid, cgroup));
        }
        using NotifySocket? notify = NotifySocket.Open(directory, notifySocket);
        using Fd? process = notify is null ? null : PidFd.Open(state.Pid);
        StartFifos.Start(directory, File.ReadAllLines($"{directory}/plan"));
        RunPoststart(spec, id, state.Bundle, state.Pid);
        notify?.WaitUntilReady(process!, state.Pid);
    }

    /// <summary>A poststart hook that fails stops the container, since runtime-spec 1.3.</summary>
    internal static void RunPoststart(ContainerSpec spec, string id, string bundle, int pid) =>
        StopWhenFailing(pid, () => new ContainerHooks(spec, id, bundle).RunAfterStart(pid));

    private static void StopWhenFailing(int pid, Action hooks)
    {
        try
        {
            hooks();
        }
        catch (HookException)
        {
            Ending.Stop(pid);
            throw;
        }
    }
}
