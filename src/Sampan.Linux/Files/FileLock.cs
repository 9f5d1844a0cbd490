using System.Runtime.InteropServices;
using Sampan.Linux.Errors;

namespace Sampan.Linux.Files;

/// <summary>An exclusive flock(2): the kernel lets go of it when its holder ends, however that happens.</summary>
public sealed partial class FileLock : IDisposable
{
    [C("LOCK_EX")] private const int Exclusive = 2;
    [C("LOCK_NB")] private const int NonBlocking = 4;
    [C("S_IRUSR | S_IWUSR")] private const uint OwnerOnly = 0x180;

    private readonly Fd _fd;

    private FileLock(Fd fd) => _fd = fd;

    /// <summary>Takes the lock of a file, which is made where it does not exist; null when somebody else has it.</summary>
    public static FileLock? TryTake(string path) => Take(path, NonBlocking);

    /// <summary>As <see cref="TryTake"/>, but waits until nobody else has it.</summary>
    public static FileLock Take(string path) => Take(path, 0)!;

    public void Dispose() => _fd.Dispose();

    private static FileLock? Take(string path, int mode)
    {
        Fd fd = Paths.Open(path, OpenFlags.ReadWrite | OpenFlags.Create | OpenFlags.NoFollow, OwnerOnly);
        while (flock(fd.Number, Exclusive | mode) < 0)
        {
            Errno errno = (Errno)Marshal.GetLastPInvokeError();
            if (errno == Errno.EINTR) continue;
            fd.Dispose();
            if (errno == Errno.EAGAIN) return null;
            throw new SyscallException($"flock({path}, LOCK_EX)", errno);
        }

        return new FileLock(fd);
    }

    [LibraryImport("libc", SetLastError = true)]
    private static partial int flock(int fd, int operation);
}
