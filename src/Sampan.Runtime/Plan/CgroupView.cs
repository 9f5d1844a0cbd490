using Sampan.Linux.Cgroups;

namespace Sampan.Runtime.Plan;

/// <summary>What a container sees of cgroups.</summary>
/// <param name="Hierarchies">Those of the host.</param>
/// <param name="Path">Of the container's cgroup in each of them, or null without one.</param>
/// <param name="InNamespace">Its cgroup namespace begins there.</param>
/// <param name="InUserNamespace">Whose root may mount cgroups in a cgroup namespace of its own only, and elsewhere just show those that are mounted.</param>
internal sealed record CgroupView(IReadOnlyList<CgroupHierarchy> Hierarchies, string? Path, bool InNamespace, bool InUserNamespace);
