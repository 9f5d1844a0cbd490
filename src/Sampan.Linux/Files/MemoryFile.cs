using System.Runtime.InteropServices;
using Sampan.Linux.Errors;

namespace Sampan.Linux.Files;

/// <summary>A file that lies in memory and has no name, memfd_create(2).</summary>
public static unsafe partial class MemoryFile
{
    /// <summary>Open for reading and writing; reading begins at the first byte.</summary>
    public static Fd Create(string label, ReadOnlySpan<byte> content)
    {
        int number = (int)memfd_create(SyscallNumber.memfd_create, label, 1); // MFD_CLOEXEC
        if (number < 0) throw SyscallException.Last($"memfd_create({label})");
        Fd file = new(number);
        int written = 0;
        while (written < content.Length)
        {
            fixed (byte* start = content[written..])
            {
                nint count = pwrite(number, start, content.Length - written, written);
                if (count < 0) throw SyscallException.Last($"pwrite({label})");
                written += (int)count;
            }
        }
        return file;
    }

    /// <summary>Its first bytes, wherever others have read and written.</summary>
    public static byte[] Head(Fd file, int bytesMax)
    {
        byte[] bytes = new byte[bytesMax];
        fixed (byte* start = bytes)
        {
            nint count = pread(file.Number, start, bytes.Length, 0);
            return count < 0 ? throw SyscallException.Last($"pread({file})") : bytes[..(int)count];
        }
    }

    [LibraryImport("libc", EntryPoint = "syscall", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    private static partial nint memfd_create(nint number, string name, nint flags);

    [LibraryImport("libc", SetLastError = true)]
    private static partial nint pwrite(int fd, byte* buffer, nint count, long offset);

    [LibraryImport("libc", SetLastError = true)]
    private static partial nint pread(int fd, byte* buffer, nint count, long offset);
}
