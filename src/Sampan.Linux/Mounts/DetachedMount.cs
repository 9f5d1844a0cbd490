using System.Runtime.InteropServices;
using Sampan.Linux.Errors;
using Sampan.Linux.Files;

namespace Sampan.Linux.Mounts;

/// <summary>
/// Mounts that hang on a descriptor and on no path: nobody else sees them, and they are gone when the last copy of the
/// descriptor is closed, also by a SIGKILL. fsopen(2), fsconfig(2), fsmount(2), open_tree(2).
/// </summary>
public static unsafe partial class DetachedMount
{
    /// <summary>FSCONFIG_SET_STRING refuses longer values.</summary>
    private const int ValueBytesMax = 255;

    [C("AT_EMPTY_PATH")] private const int EmptyPath = 0x1000;
    [C("AT_RECURSIVE")] private const int AtRecursive = 0x8000;
    [C("OPEN_TREE_CLONE")] private const int OpenTreeClone = 1;
    [C("FSOPEN_CLOEXEC")] private const int CloseOnExec = 1;
    [C("FSCONFIG_SET_FLAG")] private const int SetFlag = 0;
    [C("FSCONFIG_SET_STRING")] private const int SetString = 1;
    [C("FSCONFIG_CMD_CREATE")] private const int Create = 6;

    /// <summary>A private copy of the tree at <paramref name="path"/>, with the mounts below it when <paramref name="recursive"/>.</summary>
    public static Fd Clone(string path, bool recursive)
    {
        int fd = (int)open_tree(SyscallNumber.open_tree, -100, path, OpenTreeClone | 0x80000 | (recursive ? AtRecursive : 0));
        return fd >= 0 ? new Fd(fd) : throw SyscallException.Last($"open_tree({path}, clone{(recursive ? "|recursive" : "")})");
    }

    /// <summary>
    /// An overlay of directories, overlayfs in the kernel's documentation.
    /// </summary>
    /// <param name="lowers">Directories, the topmost first.</param>
    /// <param name="upper">Where changes go; null for a read-only overlay (then at least two lowers are needed).</param>
    /// <param name="userXattr">Keep overlay's own attributes as <c>user.overlay.*</c>: needed inside a user namespace.</param>
    public static Fd Overlay(IReadOnlyList<string> lowers, string? upper, string? work, bool userXattr)
    {
        using Fd context = Open("overlay");
        if (TryAppendLowers(context, lowers)) return MountOverlay(context, upper, work, userXattr);
        string joined = string.Join(':', lowers);
        if (!IsConfigurable(joined, upper, work)) return PrivateOverlay.Make(lowers, upper, work, userXattr);
        using Fd plain = Open("overlay"); // the question has spoilt the first one
        Configure(plain, "lowerdir", joined);
        return MountOverlay(plain, upper, work, userXattr);
    }

    /// <summary>An EROFS image that lies in a file, without a loop device: Linux 6.12. Read-only.</summary>
    /// <param name="devices">The files that the image points into, in the order of its device table.</param>
    public static Fd Erofs(Fd image, IReadOnlyList<Fd> devices)
    {
        using Fd context = Open("erofs");
        Configure(context, "source", image.ProcPath);
        foreach (Fd device in devices) Configure(context, "device", device.ProcPath);
        return Mount(context, "erofs", MountAttributes.ReadOnly);
    }

    private static Fd MountOverlay(Fd context, string? upper, string? work, bool userXattr)
    {
        if (upper is not null)
        {
            Configure(context, "upperdir", upper);
            Configure(context, "workdir", work!);
        }
        if (userXattr && fsconfig_flag(SyscallNumber.fsconfig, context.Number, SetFlag, "userxattr", 0, 0) < 0)
            throw SyscallException.Last("fsconfig(overlay, userxattr)");
        return Mount(context, "overlay", MountAttributes.None);
    }

    /// <summary>A procfs that is mounted nowhere, of the pid namespace that this program is in; proc(5).</summary>
    public static Fd Procfs()
    {
        try
        {
            using Fd context = Open("proc");
            return Mount(context, "proc", MountAttributes.NoSetuid | MountAttributes.NoDevices | MountAttributes.NoExec);
        }
        catch (SyscallException error) when (error.Errno == Errno.EPERM)
        {
            // in a user namespace whose own /proc is partly hidden a new one would show more; what is mounted on this one is not crossed
            return Paths.Open("/proc", OpenFlags.Path | OpenFlags.Directory);
        }
    }

    /// <summary>A new instance of a file system.</summary>
    /// <param name="options">For the file system itself; null is a word without a value.</param>
    public static Fd FileSystem(string type, string source, IReadOnlyList<(string Key, string? Value)> options, MountAttributes attributes)
    {
        using Fd context = Open(type);
        Configure(context, "source", source);
        foreach ((string key, string? value) in options)
        {
            if (value is not null) Configure(context, key, value);
            else if (fsconfig_flag(SyscallNumber.fsconfig, context.Number, SetFlag, key, 0, 0) < 0) throw SyscallException.Last($"fsconfig({type}, {key})");
        }
        return Mount(context, type, attributes);
    }

    /// <summary>Sets attributes of a detached mount, mount_setattr(2).</summary>
    public static void SetAttributes(Fd mount, MountAttributes attributes)
    {
        ulong* set = stackalloc ulong[4] { (ulong)attributes, 0, 0, 0 };
        if (mount_setattr(SyscallNumber.mount_setattr, mount.Number, "", EmptyPath, set, 32) < 0) throw SyscallException.Last($"mount_setattr({mount}, {attributes})");
    }

    /// <summary>Shows the files of a detached mount with mapped ids, mount_setattr(2) "ID-mapped mounts".</summary>
    public static void MapIds(Fd mount, Fd userNamespace, bool recursive)
    {
        ulong* attributes = stackalloc ulong[4] { (ulong)MountAttributes.IdMap, 0, 0, (ulong)userNamespace.Number };
        if (mount_setattr(SyscallNumber.mount_setattr, mount.Number, "", EmptyPath | (recursive ? AtRecursive : 0), attributes, 32) < 0)
            throw SyscallException.Last($"mount_setattr({mount}, idmap)");
    }

    private static Fd Open(string type)
    {
        int fd = (int)fsopen(SyscallNumber.fsopen, type, CloseOnExec);
        return fd >= 0 ? new Fd(fd) : throw SyscallException.Last($"fsopen({type})");
    }

    private static void Configure(Fd context, string key, string value)
    {
        if (fsconfig(SyscallNumber.fsconfig, context.Number, SetString, key, value, 0) < 0)
            throw SyscallException.Last($"fsconfig({key}={value})");
    }

    private static Fd Mount(Fd context, string type, MountAttributes attributes)
    {
        if (fsconfig_flag(SyscallNumber.fsconfig, context.Number, Create, null, 0, 0) < 0)
            throw SyscallException.Last($"fsconfig({type}, create)");
        int fd = (int)fsmount(SyscallNumber.fsmount, context.Number, CloseOnExec, (nint)(ulong)attributes);
        return fd >= 0 ? new Fd(fd) : throw SyscallException.Last($"fsmount({type}, {attributes})");
    }

    /// <summary>Newer kernels take the lower directories one by one, as many as there are.</summary>
    private static bool TryAppendLowers(Fd context, IReadOnlyList<string> lowers)
    {
        // Linux 6.1 only collects the options and looks at them when it mounts: it takes this one, which lacks its value.
        if (fsconfig_flag(SyscallNumber.fsconfig, context.Number, SetFlag, "lowerdir+", 0, 0) == 0) return false;
        for (int i = 0; i < lowers.Count; i++)
        {
            if (fsconfig(SyscallNumber.fsconfig, context.Number, SetString, "lowerdir+", lowers[i], 0) == 0) continue;
            SyscallException error = SyscallException.Last($"fsconfig(lowerdir+={lowers[i]})");
            if (i == 0 && error.Errno == Errno.EINVAL) return false;
            throw error;
        }
        return true;
    }

    private static bool IsConfigurable(params ReadOnlySpan<string?> values)
    {
        foreach (string? value in values)
        {
            if (value is not null && System.Text.Encoding.UTF8.GetByteCount(value) > ValueBytesMax) return false;
        }
        return true;
    }

    [LibraryImport("libc", EntryPoint = "syscall", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    private static partial nint open_tree(nint number, nint directory, string path, nint flags);

    [LibraryImport("libc", EntryPoint = "syscall", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    private static partial nint fsopen(nint number, string type, nint flags);

    [LibraryImport("libc", EntryPoint = "syscall", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    private static partial nint fsconfig(nint number, nint fd, nint command, string key, string value, nint aux);

    [LibraryImport("libc", EntryPoint = "syscall", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    private static partial nint fsconfig_flag(nint number, nint fd, nint command, string? key, nint value, nint aux);

    [LibraryImport("libc", EntryPoint = "syscall", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    private static partial nint mount_setattr(nint number, nint fd, string path, nint flags, ulong* attributes, nint size);

    [LibraryImport("libc", EntryPoint = "syscall", SetLastError = true)]
    private static partial nint fsmount(nint number, nint fd, nint flags, nint attributes);
}
