using System.Runtime.InteropServices;
using Sampan.Linux.Errors;

namespace Sampan.Linux.Files;

/// <summary>
/// An exclusive lock of an open file, fcntl_locking(2) F_OFD_SETLK: the kernel lets go of it when its last holder ends, however
/// that happens. Unlike flock(2) one can ask who has it without taking it for a moment, which somebody else would take for a holder.
/// </summary>
public sealed unsafe partial class FileLock : IDisposable
{
    [C("F_OFD_GETLK")] private const int Ask = 36;
    [C("F_OFD_SETLK")] private const int TakeNow = 37;
    [C("F_OFD_SETLKW")] private const int TakeOrWait = 38;
    [C("F_RDLCK")] private const short Shared = 0;
    [C("F_WRLCK")] private const short Exclusive = 1;
    [C("F_UNLCK")] private const short Free = 2;
    [C("S_IRUSR | S_IWUSR")] private const uint OwnerOnly = 0x180;

    private FileLock(Fd descriptor) => Descriptor = descriptor;

    /// <summary>The open file that has the lock: a process that inherits it holds the lock too.</summary>
    public Fd Descriptor { get; }

    /// <summary>Takes the lock of a file, which is made where it does not exist; null when somebody else has it.</summary>
    public static FileLock? TryTake(string path) => Take(path, TakeNow, OpenFlags.Create);

    /// <summary>As <see cref="TryTake"/>, for a file that must exist (ENOENT).</summary>
    public static FileLock? TryTakeExisting(string path) => Take(path, TakeNow, OpenFlags.ReadOnly);

    /// <summary>As <see cref="TryTake"/>, but waits until nobody else has it.</summary>
    public static FileLock Take(string path) => Take(path, TakeOrWait, OpenFlags.Create)!;

    /// <summary>As <see cref="Take(string)"/>, but one of any number of holders who all took it so.</summary>
    public static FileLock TakeShared(string path) => Take(path, TakeOrWait, OpenFlags.Create, Shared)!;

    /// <summary>The lock that this process was started with.</summary>
    public static FileLock Inherited(Fd descriptor) => new(descriptor);

    /// <summary>Whether somebody has the lock; false too where there is no such file.</summary>
    public static bool IsHeld(string path)
    {
        try
        {
            using Fd fd = Paths.Open(path, OpenFlags.ReadOnly | OpenFlags.NoFollow);
            Record record = new() { Type = Exclusive };
            Control(fd, Ask, &record, path);
            return record.Type != Free;
        }
        catch (SyscallException e) when (e.Errno is Errno.ENOENT or Errno.ENOTDIR)
        {
            return false;
        }
    }

    public void Dispose() => Descriptor.Dispose();

    private static FileLock? Take(string path, int command, OpenFlags create, short type = Exclusive)
    {
        Fd fd = Paths.Open(path, OpenFlags.ReadWrite | OpenFlags.NoFollow | create, OwnerOnly);
        Record record = new() { Type = type };
        try
        {
            if (Control(fd, command, &record, path)) return new FileLock(fd);
        }
        catch
        {
            fd.Dispose();
            throw;
        }

        fd.Dispose();
        return null;
    }

    private static bool Control(Fd fd, int command, Record* record, string path)
    {
        while (fcntl(fd.Number, command, record) < 0)
        {
            Errno errno = (Errno)Marshal.GetLastPInvokeError();
            if (errno is Errno.EAGAIN or Errno.EACCES) return false;
            if (errno != Errno.EINTR) throw new SyscallException($"fcntl({path}, {(command == Ask ? "F_OFD_GETLK" : "F_OFD_SETLK")}, {(record->Type == Shared ? "F_RDLCK" : "F_WRLCK")})", errno);
        }

        return true;
    }

    [LibraryImport("libc", SetLastError = true)]
    private static partial int fcntl(int fd, int command, Record* record);

    /// <summary><c>struct flock</c>: zero start and length mean the whole file, and the process id must be zero.</summary>
    [C("struct flock")]
    private struct Record
    {
        [C("l_type")] public short Type;
        [C("l_whence")] public short Whence;
        [C("l_start")] public long Start;
        [C("l_len")] public long Length;
        [C("l_pid")] public int ProcessId;
    }
}
