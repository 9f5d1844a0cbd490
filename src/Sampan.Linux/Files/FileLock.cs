using System.Runtime.InteropServices;
using Sampan.Linux.Errors;

namespace Sampan.Linux.Files;

/// <summary>An exclusive flock(2) on a file, made when missing; given back when disposed or when the process ends.</summary>
public sealed partial class FileLock : IDisposable
{
    private const int Exclusive = 2;
    private const int NonBlocking = 4;
    private readonly Fd _file;

    private FileLock(Fd file) => _file = file;

    /// <summary>Waits for the lock.</summary>
    public static FileLock Acquire(string path) => Take(path, Exclusive)!;

    /// <summary>Null when somebody else holds the lock.</summary>
    public static FileLock? TryAcquire(string path) => Take(path, Exclusive | NonBlocking);

    public void Dispose() => _file.Dispose();

    private static FileLock? Take(string path, int operation)
    {
        Fd file = Paths.Open(path, OpenFlags.ReadWrite | OpenFlags.Create | OpenFlags.NoFollow, 0x180);
        while (flock(file.Number, operation) < 0)
        {
            Errno errno = (Errno)Marshal.GetLastPInvokeError();
            if (errno == Errno.EINTR) continue;
            file.Dispose();
            if (errno == Errno.EAGAIN) return null;
            throw new SyscallException($"flock({path})", errno);
        }
        return new FileLock(file);
    }

    [LibraryImport("libc", SetLastError = true)]
    private static partial int flock(int file, int operation);
}
