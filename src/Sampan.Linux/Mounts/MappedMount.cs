using System.Runtime.InteropServices;
using Sampan.Linux.Errors;
using Sampan.Linux.Files;
using Sampan.Linux.Processes;
using static Sampan.Linux.KernelNumber;

namespace Sampan.Linux.Mounts;

/// <summary>Mounts that show other owners than what is on the disk, mount_setattr(2) MOUNT_ATTR_IDMAP, Linux 5.12.</summary>
public static unsafe partial class MappedMount
{
    /// <summary>As <see cref="DetachedMount.Clone"/>, with the owners that they are in a user namespace.</summary>
    /// <exception cref="IOException">The file system can not do that.</exception>
    public static Fd Clone(string path, Fd userNamespace, bool readOnly = false)
    {
        Fd tree = DetachedMount.Clone(path, recursive: false);
        MountAttributes set = MountAttributes.IdMap | (readOnly ? MountAttributes.ReadOnly : 0);
        ulong* attributes = stackalloc ulong[4] { (ulong)set, 0, 0, (ulong)userNamespace.Number };
        if (mount_setattr(SyscallNumber.mount_setattr, tree.Number, "", AT_EMPTY_PATH, attributes, SizeOfMountAttr) == 0) return tree;
        SyscallException error = SyscallException.Last($"mount_setattr({path}, idmap)");
        tree.Dispose();
        throw error.Errno == Errno.EINVAL ? new IOException($"{error.Message}; hint: its file system can not show files with other owners", error) : error;
    }

    /// <summary>
    /// An overlay whose lower directories have mapped owners, Linux 5.19. What is written goes to <paramref name="upper"/> with
    /// the owners that the host sees.
    /// </summary>
    /// <param name="place">Any directory: the lower mounts are attached to it for a moment, because kernels before 6.15 make
    /// no overlay of detached ones. From now on this process has a mount namespace of its own, so nobody else sees them.</param>
    public static Fd Overlay(IReadOnlyList<string> lowers, string upper, string work, Fd userNamespace, string place)
    {
        if (unshare((int)CloneFlags.NewMount) < 0) throw SyscallException.Last("unshare(mount)");
        if (mount(null, "/", null, (ulong)(MountFlags.Slave | MountFlags.Recursive), null) < 0) throw SyscallException.Last("mount(-, /, -, rslave)");
        Stack<Fd> attached = new();
        string[] paths = new string[lowers.Count];
        try
        {
            for (int i = 0; i < paths.Length; i++)
            {
                Fd layer = Clone(lowers[i], userNamespace, readOnly: true);
                attached.Push(layer);
                if (move_mount(SyscallNumber.move_mount, layer.Number, "", AT_FDCWD, place, MOVE_MOUNT_F_EMPTY_PATH) < 0)
                    throw SyscallException.Last($"move_mount({lowers[i]}, {place})");
                paths[i] = layer.ProcPath; // one covers the other, but a descriptor leads to its own
            }

            return DetachedMount.Overlay(paths, upper, work, userXattr: false);
        }
        finally
        {
            while (attached.TryPop(out Fd? layer))
            {
                _ = umount2(place, MNT_DETACH); // the overlay has copies of its own; the place is this process's in any case
                layer.Dispose();
            }
        }
    }

    [LibraryImport("libc", EntryPoint = "syscall", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    private static partial nint mount_setattr(nint number, nint directory, string path, nint flags, ulong* attributes, nint size);

    [LibraryImport("libc", EntryPoint = "syscall", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    private static partial nint move_mount(nint number, nint fromDirectory, string from, nint toDirectory, string to, nint flags);

    [LibraryImport("libc", SetLastError = true)]
    private static partial int unshare(int flags);

    [LibraryImport("libc", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    private static partial int mount(string? source, string target, string? type, ulong flags, string? data);

    [LibraryImport("libc", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    private static partial int umount2(string target, int flags);
}
