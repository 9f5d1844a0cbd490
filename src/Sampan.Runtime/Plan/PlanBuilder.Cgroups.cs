using Sampan.Linux.Cgroups;
using Sampan.Runtime.Spec;

namespace Sampan.Runtime.Plan;

/// <summary>Mounts of cgroups.</summary>
internal sealed partial class PlanBuilder
{
    // "cgroup" means whatever the host has: one tree of version 2, or a directory with one tree for each hierarchy
    private void MountCgroups(MountSpec mount, IReadOnlyList<string> options, CgroupView view)
    {
        // without a namespace and without a cgroup of its own there is only the host's tree to show, which is not to be written
        if (!view.InNamespace && view.Path is null) options = [.. options, "ro"];
        if (mount.Type == "cgroup2" || view.Hierarchies.All(static one => one.IsV2))
        {
            CgroupHierarchy? unified = view.Hierarchies.FirstOrDefault(static one => one.IsV2);
            MountCgroup(unified, mount.Destination, options, view);
            return;
        }

        MountFileSystem("tmpfs", "tmpfs", mount.Destination, MountOptions.Parse(["nosuid", "nodev", "noexec", "mode=755"]));
        foreach (CgroupHierarchy one in view.Hierarchies)
        {
            MountCgroup(one, $"{mount.Destination}/{one.DirectoryName}", options, view);
            // two controllers in one tree are also looked for under the name of each
            if (one.Controllers.Count > 1)
                foreach (string controller in one.Controllers) SymbolicLink(one.DirectoryName, $"{mount.Destination}/{controller}");
        }

        if (options.Contains("ro")) Remount(mount.Destination, MountOptions.Parse(["ro"])); // the trees in it have the options already
    }

    private void MountCgroup(CgroupHierarchy? hierarchy, string destination, IReadOnlyList<string> options, CgroupView view)
    {
        // without a namespace a new mount would show the host's whole tree
        if (hierarchy is not null && !view.InNamespace && (view.Path ?? (view.InUserNamespace ? "" : null)) is { } path)
            Bind(hierarchy.Root + path, true, destination, MountOptions.Parse(options));
        else MountFileSystem(hierarchy is { IsV2: false } ? "cgroup" : "cgroup2", "cgroup", destination, MountOptions.Parse([.. options, .. hierarchy?.Controllers ?? []]));
    }
}
