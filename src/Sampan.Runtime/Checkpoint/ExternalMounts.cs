using Sampan.Linux.Cgroups;
using Sampan.Linux.Errors;
using Sampan.Linux.Files;
using Sampan.Linux.Namespaces;
using Sampan.Runtime.Spec;

namespace Sampan.Runtime.Checkpoint;

/// <summary>
/// The mounts of a container whose files are the host's: CRIU saves only that they are there, and is told at the restore where their
/// files are now. They are named by their place in the container, and masks all by the file that they show; runc names them so, too.
/// </summary>
internal static class ExternalMounts
{
    private const string Mask = "/dev/null";

    /// <summary>Of a running container.</summary>
    public static IReadOnlyList<(string Place, string Name)> OfRunning(ContainerSpec spec, int pid, string? cgroupPath)
    {
        using Fd root = Paths.Open($"/proc/{pid}/root", OpenFlags.Path | OpenFlags.Directory);
        List<(string, string)> found = [];
        foreach ((string place, _) in All(spec, cgroupPath))
        {
            using Fd? file = TryOpen(root, place);
            if (file is not null) found.Add((PathOf(file), PathOf(file)));
        }
        foreach (string masked in spec.MaskedPaths)
        {
            using Fd? file = TryOpen(root, masked);
            // a directory is hidden behind an empty one, which is saved
            if (file is not null && FileStatus.Of(file).Kind != FileKind.Directory) found.Add((PathOf(file), Mask));
        }
        return found;
    }

    /// <summary>Of a container that is to be restored: more than it has does no harm.</summary>
    public static IReadOnlyList<(string Name, string Source)> OfSaved(ContainerSpec spec, Fd root, string? cgroupPath)
    {
        string prefix = PathOf(root).TrimEnd('/');
        return [(Mask, Mask), .. All(spec, cgroupPath).Select(one =>
        {
            using Fd? file = TryOpen(root, one.Place);
            string? path = file is null ? null : PathOf(file);
            return (path is not null && path.StartsWith(prefix + "/", StringComparison.Ordinal) ? path[prefix.Length..] : one.Place, one.Source);
        })];
    }

    private static IEnumerable<(string Place, string Source)> All(ContainerSpec spec, string? cgroupPath)
    {
        foreach (MountSpec mount in spec.Mounts)
        {
            if (mount.IsBind) yield return (mount.Destination, mount.Source!);
            else if (mount.Type is "cgroup" or "cgroup2" && !spec.Has(NamespaceKind.Cgroup) && cgroupPath is not null)
                foreach ((string, string) one in Cgroups(mount, cgroupPath)) yield return one;
        }
        if (!spec.Has(NamespaceKind.User)) yield break;
        foreach (DeviceSpec device in spec.Devices.Concat(DeviceSpec.Defaults)) yield return (device.Path, device.HostPath ?? device.Path);
    }

    // what PlanBuilder.MountCgroups binds
    private static IEnumerable<(string Place, string Source)> Cgroups(MountSpec mount, string cgroupPath)
    {
        IReadOnlyList<CgroupHierarchy> hierarchies = CgroupLayout.Current.Hierarchies;
        if (mount.Type == "cgroup2" || hierarchies.All(static one => one.IsV2))
            return hierarchies.Where(static one => one.IsV2).Select(one => (mount.Destination, one.Root + cgroupPath));
        return hierarchies.Select(one => ($"{mount.Destination.TrimEnd('/')}/{one.DirectoryName}", one.Root + cgroupPath));
    }

    private static Fd? TryOpen(Fd root, string path)
    {
        try
        {
            return Paths.OpenInRootIfExists(root, path, OpenFlags.Path);
        }
        catch (SyscallException error) when (error.Errno is Errno.ELOOP or Errno.EACCES)
        {
            return null;
        }
    }

    private static string PathOf(Fd file) => File.ResolveLinkTarget(file.ProcPath, false)!.FullName;
}
