using System.Runtime.InteropServices;
using System.Text;
using Sampan.Linux.Errors;
using Sampan.Linux.Files;

namespace Sampan.Linux.Cgroups;

/// <summary>The file operations that cgroup file systems know.</summary>
internal static unsafe partial class CgroupFiles
{
    public static bool IsWritable(string path) => access(path, 2) == 0;

    /// <summary>mkdir(2); a directory that exists is fine.</summary>
    public static void Make(string path)
    {
        if (mkdir(path, 0x1ed) < 0 && (Errno)Marshal.GetLastPInvokeError() != Errno.EEXIST) throw SyscallException.Last($"mkdir({path})");
    }

    /// <summary>rmdir(2), with the error instead of an exception.</summary>
    public static Errno Remove(string path) => rmdir(path) == 0 ? Errno.None : (Errno)Marshal.GetLastPInvokeError();

    /// <summary>One write(2): what the kernel refuses, it refuses there.</summary>
    public static void Write(string path, string text)
    {
        using Fd file = Paths.Open(path, OpenFlags.WriteOnly);
        byte[] bytes = Encoding.UTF8.GetBytes(text);
        fixed (byte* start = bytes)
        {
            if (write(file.Number, start, bytes.Length) < 0) throw SyscallException.Last($"write({path}, {text})");
        }
    }

    [LibraryImport("libc", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    private static partial int access(string path, int mode);

    [LibraryImport("libc", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    private static partial int mkdir(string path, uint mode);

    [LibraryImport("libc", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    private static partial int rmdir(string path);

    [LibraryImport("libc", SetLastError = true)]
    private static partial nint write(int fd, byte* buffer, nint count);
}
