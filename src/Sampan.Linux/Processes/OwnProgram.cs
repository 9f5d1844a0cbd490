using System.Runtime.InteropServices;
using System.Text;
using Sampan.Linux.Errors;
using Sampan.Linux.Files;
using Sampan.Linux.Mounts;
using Sampan.Linux.Namespaces;
using static Sampan.Linux.KernelNumber;

namespace Sampan.Linux.Processes;

/// <summary>This program's own file and name.</summary>
public static unsafe partial class OwnProgram
{
    private const string Path = "/proc/self/exe";

    /// <summary>
    /// The file, for being executed by <see cref="Fd.ProcPath"/>: through a read-only mount of its own that is attached nowhere and
    /// can not be changed any more once this descriptor is closed. Whoever gets hold of the new process's <c>/proc/PID/exe</c> can not
    /// write the program, whatever he may do otherwise (CVE-2019-5736).
    /// </summary>
    /// <remarks>An ordinary user's containers get the file itself: there the user's own permissions protect it.</remarks>
    public static Fd Open()
    {
        return (OwnUserNamespace.IsInside ? null : ReadOnly()) ?? Paths.Open(Path, OpenFlags.Path);
    }

    /// <summary>
    /// Begins again from such a mount, with the same arguments and environment, unless this process did already. A container can
    /// make its command this program (<c>#!/proc/self/exe</c>) and so get hold of its file for as long as it likes.
    /// </summary>
    public static void BeginReadOnly()
    {
        RefuseInside();
        if (OwnUserNamespace.IsInside || IsReadOnly()) return;
        using Fd? file = ReadOnly();
        if (file is null) return;
        byte[] line = File.ReadAllBytes("/proc/self/cmdline"); // as bytes: an argument need not be text
        fixed (byte* start = line)
        {
            int count = line.AsSpan().Count((byte)0);
            nint* arguments = (nint*)NativeMemory.AllocZeroed((nuint)(count + 1), (nuint)sizeof(nint));
            for (int i = 0, at = 0; i < count; i++)
            {
                arguments[i] = (nint)(start + at);
                at += line.AsSpan(at).IndexOf((byte)0) + 1;
            }
            _ = execv(file.ProcPath, arguments); // comes back only when it fails
            SyscallException error = SyscallException.Last($"execv({Path})");
            NativeMemory.Free(arguments);
            throw error;
        }
    }

    /// <summary>
    /// For a container whose processes can never see this one: enough is that this process is not itself inside of one, begun by a
    /// <c>#!/proc/self/exe</c>, where what it starts would see it.
    /// </summary>
    /// <exception cref="SyscallException">ENOENT: its file can not be reached by path, as if that had happened.</exception>
    public static void RefuseInside()
    {
        if (IsReadOnly()) return;
        // the link has the path in the mount namespace that the file is of; in another one it leads to another file, or to none
        string? path = new FileInfo(Path).LinkTarget;
        if (path is not null && Statx.TryRead(path, out Statx there) && Statx.TryRead(Path, out Statx own) && there.Identity == own.Identity) return;
        throw new SyscallException($"its own file is not at {path}, as if it had been begun from inside a container (CVE-2019-5736)", Errno.ENOENT);
    }

    // null where its mount is in no namespace or another one, so that it was started by this already, and without the right to mount: then
    // the file is protected by its owner
    private static Fd? ReadOnly()
    {
        Fd file;
        try
        {
            file = DetachedMount.Clone(Path, recursive: false);
        }
        catch (SyscallException e) when (e.Errno is Errno.EINVAL or Errno.EPERM)
        {
            return null;
        }

        ulong* attributes = stackalloc ulong[4] { (ulong)MountAttributes.ReadOnly, 0, 0, 0 };
        if (mount_setattr(SyscallNumber.mount_setattr, file.Number, "", AT_EMPTY_PATH, attributes, SizeOfMountAttr) == 0) return file;
        SyscallException error = SyscallException.Last($"mount_setattr({Path}, ro)");
        file.Dispose();
        throw error;
    }

    private static bool IsReadOnly()
    {
        const int readOnly = 1; // ST_RDONLY
        long* status = stackalloc long[SizeOfStatfs / sizeof(long)];
        if (statfs(Path, status) < 0) throw SyscallException.Last($"statfs({Path})");
        return (status[10] & readOnly) != 0; // f_flags
    }

    /// <summary>What ps(1) calls this process, 15 bytes at most, prctl(2) PR_SET_NAME.</summary>
    public static void Rename(string name)
    {
        byte[] bytes = Encoding.ASCII.GetBytes(name + "\0");
        // copied by the kernel, up to its NUL; a name that is not set does no harm
        fixed (byte* start = bytes) _ = prctl(PR_SET_NAME, (nint)start, 0, 0, 0);
    }

    [LibraryImport("libc", EntryPoint = "syscall", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    private static partial nint mount_setattr(nint number, nint directory, string path, nint flags, ulong* attributes, nint size);

    [LibraryImport("libc", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    private static partial int execv(string path, nint* arguments);

    [LibraryImport("libc", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    private static partial int statfs(string path, long* status);

    [LibraryImport("libc")]
    private static partial int prctl(int option, nint a1, nint a2, nint a3, nint a4);
}
