using Sampan.Linux.Cgroups;
using Sampan.Runtime.State;

namespace Sampan.Runtime.Lifecycle;

/// <summary><c>pause</c> and <c>resume</c>.</summary>
public static class Pausing
{
    /// <summary>Stops every process of a container until <see cref="Resume"/>.</summary>
    public static void Pause(StateStore store, string id)
    {
        ContainerState state = store.Read(id);
        ContainerStatus status = store.StatusOf(state);
        if (status is not (ContainerStatus.Running or ContainerStatus.Created)) throw new LifecycleException($"container not running or created: {Text(status)}");
        CgroupOf(state).Freeze();
    }

    public static void Resume(StateStore store, string id)
    {
        ContainerState state = store.Read(id);
        // a created container stays created while it is paused
        if (store.StatusOf(state) is ContainerStatus.Stopped || state.CgroupPath is null || !Cgroup.Open(state.CgroupPath).IsFrozen)
            throw new LifecycleException("container not paused");
        CgroupOf(state).Thaw();
    }

    private static Cgroup CgroupOf(ContainerState state) => state.CgroupPath is { } path ? Cgroup.Open(path)
        : throw new LifecycleException($"container {state.Id} has no cgroup: it can not be paused");

    private static string Text(ContainerStatus status) => status.ToString().ToLowerInvariant();
}
