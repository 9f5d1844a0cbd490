using Sampan.Linux.Cgroups;
using Sampan.Runtime.Hooks;
using Sampan.Runtime.Spec;
using Sampan.Runtime.Start;
using Sampan.Runtime.State;

namespace Sampan.Runtime.Lifecycle;

/// <summary><c>start</c>: lets a created container execute its command.</summary>
public static class Starting
{
    public static void Start(StateStore store, string id)
    {
        ContainerState state = store.Read(id);
        ContainerStatus status = store.StatusOf(state);
        if (status == ContainerStatus.Stopped) throw new LifecycleException("cannot start a container that has stopped");
        if (status != ContainerStatus.Created) throw new LifecycleException("cannot start an already running container");
        ContainerSpec spec = store.ReadSpec(state);
        try
        {
            if (spec.Process is not null)
                new ContainerHooks(spec, id, state.Bundle).RunBeforeStart(state.Pid, state.CgroupPath is null ? null : Cgroup.Open(state.CgroupPath));
        }
        catch (HookException)
        {
            Ending.Stop(state);
            throw;
        }
        StartFifos.Start(store.DirectoryOf(id), File.ReadAllLines($"{store.DirectoryOf(id)}/plan"));
        RunPoststart(store, state);
    }

    /// <summary>A poststart hook that fails stops the container, since runtime-spec 1.3.</summary>
    internal static void RunPoststart(StateStore store, ContainerState state)
    {
        ContainerSpec spec = store.ReadSpec(state);
        try
        {
            new ContainerHooks(spec, state.Id, state.Bundle).RunAfterStart(state.Pid);
        }
        catch (HookException)
        {
            Ending.Stop(state);
            throw;
        }
    }
}
