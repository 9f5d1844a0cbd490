using Sampan.Linux.Cgroups;
using Sampan.Linux.Namespaces;

namespace Sampan.Engine.Containers;

/// <summary>Where the cgroups of containers are, from the roots of the mounted hierarchies.</summary>
internal static class CgroupPlace
{
    /// <summary>An ordinary user's is beside the caller's own cgroup, in what was delegated to him.</summary>
    public static string Of(string id) => OwnUserNamespace.IsInside ? $"{CgroupLayout.Current.Base}/sampan/{id}" : $"/sampan/{id}";
}
