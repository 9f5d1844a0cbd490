using System.Runtime.InteropServices;
using Sampan.Linux.Errors;

namespace Sampan.Linux.Files;

/// <summary>Reading and writing descriptors: read(2), write(2), pipe2(2).</summary>
public static unsafe partial class Descriptors
{
    /// <returns>How many bytes; 0 at the end.</returns>
    public static int Read(Fd fd, Span<byte> buffer)
    {
        fixed (byte* at = buffer)
        {
            nint count;
            do count = read(fd.Number, at, buffer.Length);
            while (count < 0 && (Errno)Marshal.GetLastPInvokeError() == Errno.EINTR);
            return count >= 0 ? (int)count : throw SyscallException.Last($"read({fd})");
        }
    }

    public static void WriteAll(Fd fd, ReadOnlySpan<byte> data)
    {
        while (data.Length > 0)
        {
            fixed (byte* at = data)
            {
                nint count = write(fd.Number, at, data.Length);
                if (count >= 0) data = data[(int)count..];
                else if ((Errno)Marshal.GetLastPInvokeError() != Errno.EINTR) throw SyscallException.Last($"write({fd})");
            }
        }
    }

    public static (Fd Read, Fd Write) Pipe()
    {
        int* pair = stackalloc int[2];
        if (pipe2(pair, (int)OpenFlags.CloseOnExec) < 0) throw SyscallException.Last("pipe2()");
        return (new Fd(pair[0]), new Fd(pair[1]));
    }

    [LibraryImport("libc", SetLastError = true)]
    private static partial nint read(int fd, byte* buffer, nint length);

    [LibraryImport("libc", SetLastError = true)]
    private static partial nint write(int fd, byte* buffer, nint length);

    [LibraryImport("libc", SetLastError = true)]
    private static partial int pipe2(int* pair, int flags);
}
