using Sampan.Linux.Resctrl;
using Sampan.Runtime.Spec;
using Sampan.Runtime.State;

namespace Sampan.Runtime.Lifecycle;

/// <summary>A container's share of cache and memory bandwidth, <c>linux.intelRdt</c>.</summary>
internal static class CacheAllocation
{
    /// <summary>Writes down what <see cref="Apply"/> will make, so that it goes again whatever happens.</summary>
    public static ContainerState Plan(ContainerState state, ContainerSpec spec)
    {
        if (Settings(spec, state.Id) is not { } settings) return state;
        ResctrlGroup group = ResctrlGroup.Plan(ResctrlGroup.Root(), settings);
        return state with { ResctrlDirectory = group.Directory, ResctrlMade = group.Made };
    }

    public static void Apply(ContainerState state, ContainerSpec spec, int pid)
    {
        if (Settings(spec, state.Id) is { } settings) GroupOf(state)!.Apply(settings, pid);
    }

    /// <summary>Changes the schemata of a container that runs.</summary>
    public static void Update(ContainerState state, string? cache, string? bandwidth)
    {
        ResctrlGroup group = GroupOf(state) ?? throw new LifecycleException($"container {state.Id} has no class of service: its configuration has no linux.intelRdt");
        group.Write(IntelRdtReader.Lines(cache, bandwidth));
    }

    public static void Delete(ContainerState state) => GroupOf(state)?.Delete();

    private static ResctrlGroup? GroupOf(ContainerState state) =>
        state.ResctrlDirectory is { } directory ? new ResctrlGroup(directory, state.ResctrlMade) : null;

    private static ResctrlSettings? Settings(ContainerSpec spec, string id) => spec.IntelRdt is not { } asked ? null
        : new ResctrlSettings(asked.ClosId ?? id, asked.Schemata, asked.EnableMonitoring ? id : null)
        {
            MustExist = asked.ClosId is not null && asked.Schemata.Count == 0,
        };
}
