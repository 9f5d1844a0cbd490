using System.Runtime.InteropServices;
using Sampan.Linux.Errors;

namespace Sampan.Linux.Files;

/// <summary>Directory entries, made and changed by one name relative to a directory descriptor. No symbolic link is followed
/// in the last component; <c>name</c> must be a single component.</summary>
public static unsafe partial class Entries
{
    [C("S_IFCHR")] public const uint CharacterDevice = 0x2000;
    [C("S_IFBLK")] public const uint BlockDevice = 0x6000;
    [C("S_IFIFO")] public const uint Fifo = 0x1000;
    [C("AT_SYMLINK_NOFOLLOW")] private const int NoFollow = 0x100;
    [C("AT_REMOVEDIR")] private const int RemoveDirectory = 0x200;
    [C("RENAME_NOREPLACE")] private const int NoReplace = 1;

    /// <summary>mkdirat(2).</summary>
    public static void MakeDirectory(Fd directory, string name, uint mode)
    {
        if (mkdirat(directory.Number, name, mode) < 0) throw SyscallException.Last($"mkdirat({directory}, {name})");
    }

    /// <summary>mkdirat(2); false where the name exists already.</summary>
    public static bool TryMakeDirectory(Fd directory, string name, uint mode)
    {
        if (mkdirat(directory.Number, name, mode) == 0) return true;
        if ((Errno)Marshal.GetLastPInvokeError() == Errno.EEXIST) return false;
        throw SyscallException.Last($"mkdirat({directory}, {name})");
    }

    /// <summary>mknodat(2); <paramref name="mode"/> includes the file type.</summary>
    public static void MakeNode(Fd directory, string name, uint mode, uint major = 0, uint minor = 0)
    {
        // the layout of dev_t, makedev(3)
        ulong device = ((ulong)(major & 0xfffff000) << 32) | ((ulong)(major & 0xfff) << 8)
            | ((ulong)(minor & 0xffffff00) << 12) | (minor & 0xff);
        if (mknodat(directory.Number, name, mode, device) < 0)
            throw SyscallException.Last($"mknodat({directory}, {name}, {major}:{minor})");
    }

    /// <summary>symlinkat(2).</summary>
    public static void MakeSymbolicLink(string target, Fd directory, string name)
    {
        if (symlinkat(target, directory.Number, name) < 0) throw SyscallException.Last($"symlinkat({target}, {directory}, {name})");
    }

    /// <summary>linkat(2); a symbolic link gets linked itself.</summary>
    public static void MakeHardLink(Fd targetDirectory, string target, Fd directory, string name)
    {
        if (linkat(targetDirectory.Number, target, directory.Number, name, 0) < 0)
            throw SyscallException.Last($"linkat({targetDirectory}, {target}, {directory}, {name})");
    }

    /// <summary>unlinkat(2); answers the error, <see cref="Errno.None"/> when removed.</summary>
    public static Errno TryUnlink(Fd directory, string name) =>
        unlinkat(directory.Number, name, 0) == 0 ? Errno.None : (Errno)Marshal.GetLastPInvokeError();

    /// <summary>unlinkat(2) of an empty directory; answers the error, <see cref="Errno.None"/> when removed.</summary>
    public static Errno TryRemoveDirectory(Fd directory, string name) =>
        unlinkat(directory.Number, name, RemoveDirectory) == 0 ? Errno.None : (Errno)Marshal.GetLastPInvokeError();

    /// <summary>renameat2(2) that replaces nothing; false where the new name exists already.</summary>
    public static bool TryRename(Fd directory, string name, Fd newDirectory, string newName)
    {
        if (renameat2(SyscallNumber.renameat2, directory.Number, name, newDirectory.Number, newName, NoReplace) == 0) return true;
        if ((Errno)Marshal.GetLastPInvokeError() == Errno.EEXIST) return false;
        throw SyscallException.Last($"renameat2({directory}, {name}, {newDirectory}, {newName})");
    }

    /// <summary>fchownat(2) without following a link.</summary>
    public static void ChangeOwner(Fd directory, string name, uint uid, uint gid)
    {
        if (fchownat(directory.Number, name, uid, gid, NoFollow) < 0)
            throw SyscallException.Last($"fchownat({directory}, {name}, {uid}, {gid})");
    }

    /// <summary>fchmodat(2). It follows links: only for names that the caller knows to be none.</summary>
    public static void ChangeMode(Fd directory, string name, uint mode)
    {
        if (fchmodat(directory.Number, name, mode, 0) < 0) throw SyscallException.Last($"fchmodat({directory}, {name})");
    }

    /// <summary>utimensat(2): access and modification time, seconds and nanoseconds since 1970.</summary>
    public static void SetTime(Fd directory, string name, long seconds, long nanoseconds)
    {
        long* times = stackalloc long[4] { seconds, nanoseconds, seconds, nanoseconds };
        if (utimensat(directory.Number, name, times, NoFollow) < 0) throw SyscallException.Last($"utimensat({directory}, {name})");
    }

    /// <summary>fchown(2).</summary>
    public static void ChangeOwner(Fd file, uint uid, uint gid)
    {
        if (fchown(file.Number, uid, gid) < 0) throw SyscallException.Last($"fchown({file}, {uid}, {gid})");
    }

    /// <summary>fchmod(2).</summary>
    public static void ChangeMode(Fd file, uint mode)
    {
        if (fchmod(file.Number, mode) < 0) throw SyscallException.Last($"fchmod({file})");
    }

    /// <summary>futimens(3).</summary>
    public static void SetTime(Fd file, long seconds, long nanoseconds)
    {
        long* times = stackalloc long[4] { seconds, nanoseconds, seconds, nanoseconds };
        if (futimens(file.Number, times) < 0) throw SyscallException.Last($"futimens({file})");
    }

    /// <summary>fsetxattr(2) on a descriptor that is open for reading or writing.</summary>
    public static void SetAttribute(Fd file, string name, ReadOnlySpan<byte> value)
    {
        // pinned for the call; the kernel reads value.Length bytes at most
        fixed (byte* bytes = value)
        {
            if (fsetxattr(file.Number, name, bytes, (nuint)value.Length, 0) < 0)
                throw SyscallException.Last($"fsetxattr({file}, {name})");
        }
    }

    /// <summary>pwrite(2) until everything is written.</summary>
    public static void WriteAt(Fd file, ReadOnlySpan<byte> bytes, long offset)
    {
        fixed (byte* start = bytes)
        {
            nint done = 0;
            while (done < bytes.Length)
            {
                nint written = pwrite(file.Number, start + done, (nuint)(bytes.Length - done), offset + done);
                if (written >= 0) done += written;
                else if ((Errno)Marshal.GetLastPInvokeError() != Errno.EINTR) throw SyscallException.Last($"pwrite({file})");
            }
        }
    }

    /// <summary>ftruncate(2): what is added is a hole.</summary>
    public static void SetLength(Fd file, long length)
    {
        if (ftruncate(file.Number, length) < 0) throw SyscallException.Last($"ftruncate({file}, {length})");
    }

    /// <summary>write(2) until everything is written.</summary>
    public static void Write(Fd file, ReadOnlySpan<byte> bytes)
    {
        fixed (byte* start = bytes)
        {
            nint done = 0;
            while (done < bytes.Length)
            {
                nint written = write(file.Number, start + done, (nuint)(bytes.Length - done));
                if (written >= 0) done += written;
                else if ((Errno)Marshal.GetLastPInvokeError() != Errno.EINTR) throw SyscallException.Last($"write({file})");
            }
        }
    }

    [LibraryImport("libc", SetLastError = true, StringMarshallingCustomType = typeof(FileNameMarshaller))]
    private static partial int mkdirat(int directory, string name, uint mode);

    [LibraryImport("libc", SetLastError = true, StringMarshallingCustomType = typeof(FileNameMarshaller))]
    private static partial int mknodat(int directory, string name, uint mode, ulong device);

    [LibraryImport("libc", SetLastError = true, StringMarshallingCustomType = typeof(FileNameMarshaller))]
    private static partial int symlinkat(string target, int directory, string name);

    [LibraryImport("libc", SetLastError = true, StringMarshallingCustomType = typeof(FileNameMarshaller))]
    private static partial int linkat(int oldDirectory, string oldName, int directory, string name, int flags);

    [LibraryImport("libc", SetLastError = true, StringMarshallingCustomType = typeof(FileNameMarshaller))]
    private static partial int unlinkat(int directory, string name, int flags);

    [LibraryImport("libc", SetLastError = true, StringMarshallingCustomType = typeof(FileNameMarshaller))]
    private static partial int fchownat(int directory, string name, uint uid, uint gid, int flags);

    [LibraryImport("libc", SetLastError = true, StringMarshallingCustomType = typeof(FileNameMarshaller))]
    private static partial int fchmodat(int directory, string name, uint mode, int flags);

    [LibraryImport("libc", SetLastError = true, StringMarshallingCustomType = typeof(FileNameMarshaller))]
    private static partial int utimensat(int directory, string name, long* times, int flags);

    [LibraryImport("libc", SetLastError = true)]
    private static partial int fchown(int file, uint uid, uint gid);

    [LibraryImport("libc", SetLastError = true)]
    private static partial int fchmod(int file, uint mode);

    [LibraryImport("libc", SetLastError = true)]
    private static partial int futimens(int file, long* times);

    [LibraryImport("libc", SetLastError = true, StringMarshallingCustomType = typeof(FileNameMarshaller))]
    private static partial int fsetxattr(int file, string name, byte* value, nuint size, int flags);

    [LibraryImport("libc", SetLastError = true)]
    private static partial nint write(int file, byte* bytes, nuint count);

    [LibraryImport("libc", SetLastError = true)]
    private static partial nint pwrite(int file, byte* bytes, nuint count, long offset);

    [LibraryImport("libc", SetLastError = true)]
    private static partial int ftruncate(int file, long length);

    [LibraryImport("libc", EntryPoint = "syscall", SetLastError = true, StringMarshallingCustomType = typeof(FileNameMarshaller))]
    private static partial nint renameat2(nint number, nint directory, string name, nint newDirectory, string newName, nint flags);
}
