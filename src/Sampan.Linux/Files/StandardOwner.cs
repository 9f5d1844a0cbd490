using System.Runtime.InteropServices;
using Sampan.Linux.Errors;

namespace Sampan.Linux.Files;

/// <summary>The owner of what a stream leads to.</summary>
public static unsafe partial class StandardOwner
{
    private const int EmptyPath = 0x1000;
    private const uint BasicStats = 0x7FF;

    /// <summary>
    /// Gives a pipe, terminal or file behind a descriptor to a user, so that a program that runs as him can open
    /// <c>/dev/stdout</c>. The null device belongs to everybody and stays; what can not be given stays too.
    /// </summary>
    public static void Give(Fd stream, uint uid)
    {
        byte* status = stackalloc byte[256]; // struct statx
        if (statx(stream.Number, "", EmptyPath, BasicStats, status) < 0) return; // closed: nothing to give
        bool device = (*(ushort*)(status + 28) & 0xF000) == 0x2000;
        bool isNull = device && *(uint*)(status + 128) == 1 && *(uint*)(status + 132) == 3;
        if (isNull || *(uint*)(status + 20) == uid) return;
        if (fchown(stream.Number, uid, uint.MaxValue) == 0) return;
        Errno errno = (Errno)Marshal.GetLastPInvokeError();
        // EINVAL: an id that a user namespace does not map; EPERM: sockets of others, rootless; EROFS: an input on a read-only mount
        if (errno is not (Errno.EINVAL or Errno.EPERM or Errno.EROFS)) throw new SyscallException($"fchown({stream}, {uid})", errno);
    }

    [LibraryImport("libc", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    private static partial int statx(int directory, string path, int flags, uint mask, byte* status);

    [LibraryImport("libc", SetLastError = true)]
    private static partial int fchown(int fd, uint uid, uint gid);
}
