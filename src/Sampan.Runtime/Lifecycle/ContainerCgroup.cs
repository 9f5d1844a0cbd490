using Sampan.Linux.Cgroups;
using Sampan.Linux.Namespaces;
using Sampan.Runtime.Spec;
using Sampan.Runtime.State;
using Sampan.Runtime.Systemd;

namespace Sampan.Runtime.Lifecycle;

/// <summary>The cgroup of a container: where it is, and whose.</summary>
internal static class ContainerCgroup
{
    /// <summary>Absolute, from the roots of the mounted hierarchies. Without a path in the configuration it is named by the id.</summary>
    /// <returns>Null where no cgroup can be made, for a container that may go without and asks neither for one nor for a limit.</returns>
    public static string? Place(ContainerSpec spec, string id, bool mayGoWithout)
    {
        if (string.IsNullOrEmpty(spec.CgroupPath) && mayGoWithout && !CgroupLayout.Current.IsWritable && spec.Resources is null or { AsksForNothing: true }) return null;
        return Cgroup.Resolve(string.IsNullOrEmpty(spec.CgroupPath) ? id : spec.CgroupPath);
    }

    public static Cgroup Make(string path, ContainerSpec spec) => Delegated(Cgroup.Create(path, spec.Resources ?? new CgroupResources()), spec);

    /// <summary>Has systemd make it, around the container's first process.</summary>
    public static Cgroup MakeScope(ScopeName name, int pid, ContainerSpec spec) =>
        Delegated(Scope.Start(name, pid, spec.Resources ?? new CgroupResources()), spec);

    /// <summary>Changes limits of a container that runs; systemd is told when it is its scope.</summary>
    public static void Update(ContainerState state, CgroupResources resources)
    {
        using Cgroup cgroup = Cgroup.Open(state.CgroupPath ?? throw new LifecycleException($"container {state.Id} has no cgroup: it can not be limited"));
        cgroup.Update(resources);
        if (state.CgroupUnit is { } unit) Scope.Update(unit, resources);
    }

    private static Cgroup Delegated(Cgroup cgroup, ContainerSpec spec)
    {
        if (IsDelegated(spec)) cgroup.Delegate(HostUser(spec));
        return cgroup;
    }

    /// <summary>A container that sees its cgroup as a root of its own, and may write it: runtime-spec config-linux.md "Cgroup ownership".</summary>
    private static bool IsDelegated(ContainerSpec spec) =>
        spec.Makes(NamespaceKind.Cgroup)
        && spec.Mounts.Any(static mount => mount.Type is "cgroup" or "cgroup2" && mount.Destination.TrimEnd('/') == "/sys/fs/cgroup" && !mount.Options.Contains("ro"));

    private static uint HostUser(ContainerSpec spec)
    {
        uint user = spec.Process?.User.Uid ?? 0;
        if (!spec.Makes(NamespaceKind.User)) return user;
        foreach (IdMap map in spec.UidMappings)
            if (user >= map.ContainerId && user - map.ContainerId < map.Size) return map.HostId + (user - map.ContainerId);
        throw new SpecException($"linux.uidMappings: process.user.uid {user} is not mapped");
    }
}
