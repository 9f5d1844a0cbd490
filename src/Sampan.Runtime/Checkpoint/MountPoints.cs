using Sampan.Linux.Errors;
using Sampan.Linux.Files;
using Sampan.Runtime.Spec;

namespace Sampan.Runtime.Checkpoint;

/// <summary>Places for mounts in a root file system that no container was started in yet: CRIU expects that they are there.</summary>
internal static class MountPoints
{
    private const uint DirectoryMode = 0x1ED; // 0755
    private const uint FileMode = 0x1A4; // 0644

    public static void Make(ContainerSpec spec, Fd root)
    {
        List<string> saved = []; // file systems whose content CRIU brings along
        foreach (MountSpec mount in spec.Mounts)
        {
            if (mount.Options.Contains("remount")) continue;
            string place = mount.Destination.TrimEnd('/') + "/";
            if (!saved.Exists(above => place.StartsWith(above, StringComparison.Ordinal)))
                Make(root, mount.Destination, asFile: mount.IsBind && File.Exists(mount.Source) || mount.IsBind && DeviceNode.Of(mount.Source!) is not null);
            if (!mount.IsBind) saved.Add(place);
        }
    }

    private static void Make(Fd root, string path, bool asFile)
    {
        using (Fd? there = Paths.OpenInRootIfExists(root, path, OpenFlags.Path))
            if (there is not null) return;
        string[] parts = path.Split('/', StringSplitOptions.RemoveEmptyEntries);
        for (int i = 0; i < parts.Length - (asFile ? 1 : 0); i++)
        {
            using Fd parent = Paths.OpenInRoot(root, "/" + string.Join('/', parts[..i]), OpenFlags.Path | OpenFlags.Directory);
            Entries.TryMakeDirectory(parent, parts[i], DirectoryMode);
        }
        if (!asFile) return;
        try
        {
            Paths.OpenInRoot(root, path, OpenFlags.Create | OpenFlags.WriteOnly | OpenFlags.NonBlocking | OpenFlags.NoControllingTerminal, FileMode).Dispose();
        }
        catch (SyscallException error) when (error.Errno is Errno.EROFS)
        {
            // then it has to be there, and CRIU says what is missing
        }
    }
}
