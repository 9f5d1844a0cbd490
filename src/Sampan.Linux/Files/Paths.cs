using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using Sampan.Linux.Errors;

namespace Sampan.Linux.Files;

/// <summary>Opening paths: freely (host paths that the caller vouches for) or confined below a directory descriptor.</summary>
public static unsafe partial class Paths
{
    [C("AT_FDCWD")] private const int CurrentDirectory = -100;

    /// <summary>open(2) with O_CLOEXEC, for paths that the caller trusts.</summary>
    public static Fd Open(string path, OpenFlags flags, uint mode = 0)
    {
        int fd;
        do fd = openat(CurrentDirectory, path, (int)(flags | OpenFlags.CloseOnExec), mode);
        while (fd < 0 && Interrupted());
        return fd >= 0 ? new Fd(fd) : throw SyscallException.Last($"open({path}, {flags})");
    }

    /// <summary>
    /// openat2(2): opens <paramref name="path"/> as if <paramref name="root"/> were the root directory. Symbolic links,
    /// <c>..</c> and races can not lead outside of it; magic links of procfs are refused.
    /// </summary>
    /// <exception cref="SyscallException">ELOOP for a magic link; EAGAIN is retried here.</exception>
    public static Fd OpenInRoot(Fd root, string path, OpenFlags flags, uint mode = 0,
        ResolveFlags resolve = ResolveFlags.InRoot | ResolveFlags.NoMagicLinks)
    {
        int fd = TryOpenInRoot(root, path, flags, mode, resolve, out Errno errno);
        return fd >= 0 ? new Fd(fd) : throw new SyscallException($"openat2({root}, {path}, {flags}, {resolve})", errno);
    }

    /// <summary>As <see cref="OpenInRoot"/>, but answers null where the path does not exist.</summary>
    public static Fd? OpenInRootIfExists(Fd root, string path, OpenFlags flags)
    {
        const ResolveFlags resolve = ResolveFlags.InRoot | ResolveFlags.NoMagicLinks;
        int fd = TryOpenInRoot(root, path, flags, 0, resolve, out Errno errno);
        if (fd >= 0) return new Fd(fd);
        if (errno is Errno.ENOENT or Errno.ENOTDIR) return null;
        throw new SyscallException($"openat2({root}, {path}, {flags}, {resolve})", errno);
    }

    private static int TryOpenInRoot(Fd root, string path, OpenFlags flags, uint mode, ResolveFlags resolve, out Errno errno)
    {
        OpenHow how = new() { Flags = (ulong)(flags | OpenFlags.CloseOnExec), Mode = mode, Resolve = (ulong)resolve };
        while (true)
        {
            int fd = (int)openat2_syscall(SyscallNumber.openat2, root.Number, path, &how, sizeof(OpenHow));
            errno = fd < 0 ? (Errno)Marshal.GetLastPInvokeError() : Errno.None;
            // EAGAIN: a rename or mount elsewhere raced with a ".." in the path; the kernel asks to try again
            if (errno is not (Errno.EINTR or Errno.EAGAIN)) return fd;
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static bool Interrupted() => (Errno)Marshal.GetLastPInvokeError() == Errno.EINTR;

    [LibraryImport("libc", SetLastError = true, StringMarshallingCustomType = typeof(FileNameMarshaller))]
    private static partial int openat(int directory, string path, int flags, uint mode);

    [LibraryImport("libc", EntryPoint = "syscall", SetLastError = true, StringMarshallingCustomType = typeof(FileNameMarshaller))]
    private static partial nint openat2_syscall(nint number, nint directory, string path, OpenHow* how, nint size);

    /// <summary><c>struct open_how</c>, linux/openat2.h.</summary>
    [C("struct open_how")]
    internal struct OpenHow
    {
        public ulong Flags;
        public ulong Mode;
        public ulong Resolve;
    }
}
