using System.Runtime.InteropServices;
using Sampan.Linux.Errors;

namespace Sampan.Linux.Files;

/// <summary>
/// An exclusive flock(2) on a directory, held until disposed or the process dies. The directory itself is locked, so no lock
/// file is left behind. Other processes and other locks of this process wait.
/// </summary>
public sealed partial class DirectoryLock : IDisposable
{
    [C("LOCK_EX")] private const int Exclusive = 2;

    private readonly Fd _directory;

    private DirectoryLock(Fd directory) => _directory = directory;

    /// <summary>Waits for the lock of a directory, which must exist.</summary>
    public static DirectoryLock Take(string path)
    {
        Fd directory = Paths.Open(path, OpenFlags.ReadOnly | OpenFlags.Directory);
        while (flock(directory.Number, Exclusive) < 0)
        {
            if ((Errno)Marshal.GetLastPInvokeError() == Errno.EINTR) continue;
            SyscallException error = SyscallException.Last($"flock({path}, LOCK_EX)");
            directory.Dispose();
            throw error;
        }
        return new DirectoryLock(directory);
    }

    public void Dispose() => _directory.Dispose();

    [LibraryImport("libc", SetLastError = true)]
    private static partial int flock(int fd, int operation);
}
