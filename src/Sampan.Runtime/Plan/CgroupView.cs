using Sampan.Linux.Cgroups;

namespace Sampan.Runtime.Plan;

/// <summary>What a container sees of cgroups.</summary>
/// <param name="Hierarchies">Those of the host.</param>
/// <param name="Path">Of the container's cgroup in each of them, or null without one.</param>
/// <param name="InNamespace">Its cgroup namespace begins there.</param>
internal sealed record CgroupView(IReadOnlyList<CgroupHierarchy> Hierarchies, string? Path, bool InNamespace);
