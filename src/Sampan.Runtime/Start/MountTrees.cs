using Sampan.Linux.Errors;
using Sampan.Linux.Files;
using Sampan.Linux.Mounts;
using Sampan.Linux.Namespaces;
using Sampan.Runtime.Plan;
using Sampan.Runtime.Spec;

namespace Sampan.Runtime.Start;

/// <summary>
/// Sources of bind mounts that the parent has to open: those with mapped ids, which need rights over the source's file system,
/// and all of a container with a user namespace, whose root may not be able to reach them. Also each tmpfs that begins with a copy.
/// </summary>
internal static class MountTrees
{
    /// <summary>Detached mounts by the index of their mount.</summary>
    /// <param name="ids">A user namespace whose maps mounts with <see cref="MountSpec.IdMapped"/> are to have.</param>
    /// <param name="root">The root file system, of which copies are made.</param>
    public static Dictionary<int, Fd> Open(ContainerSpec spec, Fd? ids, Fd root)
    {
        Dictionary<int, Fd> trees = [];
        bool all = spec.Has(NamespaceKind.User) && OwnUserNamespace.MayAdministrate;
        try
        {
            for (int i = 0; i < spec.Mounts.Count; i++)
            {
                MountSpec mount = spec.Mounts[i];
                if (mount.CopiesUp) trees[i] = CopiedTmpfs.Make(mount, root, spec.MountLabel is { } label ? (spec.MountLabelOption, label) : null);
                if (!mount.IsBind || mount.Options.Contains("remount") || !(mount.IsIdMapped || all)) continue;
                MountOptions options = MountOptions.Parse(mount.Options);
                trees[i] = all && mount.IdMapped && ids is not null ? MappedMount.Clone(mount.Source!, ids) : DetachedMount.Clone(mount.Source!, options.Recursive);
                if (mount.IsIdMapped) Map(spec, i, options, trees[i]);
            }
            return trees;
        }
        catch
        {
            foreach (Fd tree in trees.Values) tree.Dispose();
            throw;
        }
    }

    private static void Map(ContainerSpec spec, int index, MountOptions options, Fd tree)
    {
        MountSpec mount = spec.Mounts[index];
        bool own = mount.UidMappings.Count > 0;
        if (!own && spec.UidMappings.Count == 0)
            throw new SpecException($"mounts[{index}].options: idmap needs maps: the mount has none, nor has the container");
        using Fd user = UserNamespaceHandle.Open(own ? mount.UidMappings : spec.UidMappings, own ? mount.GidMappings : spec.GidMappings);
        try
        {
            DetachedMount.MapIds(tree, user, options.IdMapRecursive);
        }
        catch (SyscallException error) when (error.Errno == Errno.EINVAL)
        {
            throw new SpecException($"mounts[{index}]: the file system of {mount.Source} can not show mapped ids: {error.Message}");
        }
    }
}
