using Sampan.Linux.Cgroups;
using Sampan.Runtime.State;

namespace Sampan.Runtime.Lifecycle;

/// <summary><c>update</c>: other limits for a container that is there.</summary>
public static class Limiting
{
    /// <param name="resources">What is null stays as it is.</param>
    public static void Update(StateStore store, string id, CgroupResources resources)
    {
        ContainerState state = store.Read(id);
        if (store.StatusOf(state) == ContainerStatus.Stopped) throw new LifecycleException("container not running");
        ContainerCgroup.Update(state, resources);
    }

    /// <summary>Other schemata for the container's class of service.</summary>
    public static void UpdateSchemata(StateStore store, string id, string? cache, string? bandwidth) => CacheAllocation.Update(store.Read(id), cache, bandwidth);
}
