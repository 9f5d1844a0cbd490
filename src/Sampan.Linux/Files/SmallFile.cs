using System.Runtime.InteropServices;
using System.Text;
using Sampan.Linux.Errors;

namespace Sampan.Linux.Files;

/// <summary>
/// Whole files of a few kilobytes, such as those of procfs and sysfs: open(2), read(2) and close(2), and nothing else. The
/// platform's own readers ask for status and locks as well, which costs more than reading when a start reads twenty of them.
/// </summary>
public static unsafe partial class SmallFile
{
    [C("S_IRUSR | S_IWUSR | S_IRGRP | S_IROTH")] private const uint EverybodyReads = 0x1a4;
    private const int FirstSize = 4096;

    /// <exception cref="SyscallException">It can not be opened or read.</exception>
    public static byte[] Read(string path)
    {
        using Fd file = Paths.Open(path, OpenFlags.ReadOnly);
        return Read(file, path);
    }

    /// <summary>As <see cref="Read(string)"/>, of a file that is open, from where it stands.</summary>
    /// <param name="path">For the error.</param>
    public static byte[] Read(Fd file, string path)
    {
        byte[] bytes = new byte[FirstSize];
        for (int length = 0; ;)
        {
            if (length == bytes.Length) Array.Resize(ref bytes, length * 2);
            int count = ReadOnce(file, bytes.AsSpan(length), path);
            if (count == 0) return bytes[..length];
            length += count;
        }
    }

    /// <summary>As <see cref="Read(string)"/>, of UTF-8.</summary>
    public static string ReadText(string path) => Encoding.UTF8.GetString(Read(path));

    /// <summary>As <see cref="ReadText"/>; null where there is no such file.</summary>
    public static string? TryReadText(string path)
    {
        try
        {
            return ReadText(path);
        }
        catch (SyscallException error) when (error.Errno is Errno.ENOENT or Errno.ENOTDIR)
        {
            return null;
        }
    }

    /// <summary>Replaces the file's content, or makes it.</summary>
    /// <param name="mode">Of a file that is made here, before the umask.</param>
    /// <param name="durable">Survives power loss: costs a disk flush, fsync(2).</param>
    public static void Write(string path, ReadOnlySpan<byte> bytes, uint mode = EverybodyReads, bool durable = false)
    {
        using Fd file = Paths.Open(path, OpenFlags.WriteOnly | OpenFlags.Create | OpenFlags.Truncate, mode);
        while (!bytes.IsEmpty)
        {
            nint count;
            fixed (byte* first = bytes) count = write(file.Number, first, bytes.Length);
            if (count >= 0) bytes = bytes[(int)count..];
            else if ((Errno)Marshal.GetLastPInvokeError() != Errno.EINTR) throw SyscallException.Last($"write({path}, {bytes.Length} bytes)");
        }

        if (durable && fsync(file.Number) < 0) throw SyscallException.Last($"fsync({path})");
    }

    /// <summary>As <see cref="Write"/>, by a new file beside it that is renamed: nobody ever reads half of it.</summary>
    /// <param name="suffix">Of the new file's name.</param>
    public static void Replace(string path, ReadOnlySpan<byte> bytes, uint mode = EverybodyReads, bool durable = false, string suffix = ".new")
    {
        string fresh = path + suffix;
        try
        {
            Write(fresh, bytes, mode, durable);
            if (rename(fresh, path) < 0) throw SyscallException.Last($"rename({fresh}, {path})");
        }
        catch
        {
            _ = unlink(fresh);
            throw;
        }
    }

    private static int ReadOnce(Fd file, Span<byte> buffer, string path)
    {
        while (true)
        {
            nint count;
            fixed (byte* first = buffer) count = read(file.Number, first, buffer.Length);
            if (count >= 0) return (int)count;
            if ((Errno)Marshal.GetLastPInvokeError() != Errno.EINTR) throw SyscallException.Last($"read({path})");
        }
    }

    [LibraryImport("libc", SetLastError = true)]
    private static partial nint read(int fd, byte* buffer, nint count);

    [LibraryImport("libc", SetLastError = true)]
    private static partial nint write(int fd, byte* buffer, nint count);

    [LibraryImport("libc", SetLastError = true)]
    private static partial int fsync(int fd);

    [LibraryImport("libc", SetLastError = true, StringMarshallingCustomType = typeof(FileNameMarshaller))]
    private static partial int unlink(string path);

    [LibraryImport("libc", SetLastError = true, StringMarshallingCustomType = typeof(FileNameMarshaller))]
    private static partial int rename(string from, string to);
}
