using System.Runtime.InteropServices;
using Sampan.Linux.Errors;

namespace Sampan.Linux.Files;

/// <summary>The owner of what a stream leads to.</summary>
public static partial class StandardOwner
{
    [C("S_IFMT")] private const int TypeMask = 0xF000;
    [C("S_IFCHR")] private const int Character = 0x2000;

    /// <summary>
    /// Gives a pipe, terminal or file behind a descriptor to a user, so that a program that runs as him can open
    /// <c>/dev/stdout</c>. The null device belongs to everybody and stays; what can not be given stays too.
    /// </summary>
    public static void Give(Fd stream, uint uid)
    {
        if (!Statx.TryRead(stream.ProcPath, out Statx status) || status.Uid == uid) return; // closed: nothing to give
        if ((status.Mode & TypeMask) == Character && (status.NodeMajor, status.NodeMinor) == (1, 3)) return;
        if (fchown(stream.Number, uid, uint.MaxValue) == 0) return;
        Errno errno = (Errno)Marshal.GetLastPInvokeError();
        // EINVAL: an id that a user namespace does not map; EPERM: sockets of others, rootless; EROFS: an input on a read-only mount
        if (errno is not (Errno.EINVAL or Errno.EPERM or Errno.EROFS)) throw new SyscallException($"fchown({stream}, {uid})", errno);
    }

    [LibraryImport("libc", SetLastError = true)]
    private static partial int fchown(int fd, uint uid, uint gid);
}
