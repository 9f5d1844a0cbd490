using System.Runtime.InteropServices;
using System.Text;
using Sampan.Linux.Errors;
using Sampan.Linux.Files;

namespace Sampan.Linux.Cgroups;

/// <summary>The file operations that cgroup file systems know.</summary>
internal static unsafe partial class CgroupFiles
{
    private const uint KeepGroup = uint.MaxValue;

    public static bool IsWritable(string path) => access(path, 2) == 0;

    /// <summary>mkdir(2); a directory that exists is fine.</summary>
    /// <returns>Whether it was made now.</returns>
    public static bool Make(string path)
    {
        if (mkdir(path, 0x1ed) == 0) return true;
        return (Errno)Marshal.GetLastPInvokeError() == Errno.EEXIST ? false : throw SyscallException.Last($"mkdir({path})");
    }

    /// <summary>rmdir(2), with the error instead of an exception.</summary>
    public static Errno Remove(string path) => rmdir(path) == 0 ? Errno.None : (Errno)Marshal.GetLastPInvokeError();

    /// <summary>One write(2) for each text: what the kernel refuses, it refuses there.</summary>
    public static void Write(string path, params ReadOnlySpan<string> texts)
    {
        using Fd file = Paths.Open(path, OpenFlags.WriteOnly);
        foreach (string text in texts)
        {
            byte[] bytes = Encoding.UTF8.GetBytes(text);
            fixed (byte* start = bytes)
            {
                if (write(file.Number, start, bytes.Length) < 0) throw SyscallException.Last($"write({path}, {text})");
            }
        }
    }

    /// <summary>The content without the line's end, or null where there is no such file or it has no value now.</summary>
    public static string? ReadIfExists(string path)
    {
        try
        {
            return SmallFile.ReadText(path).TrimEnd();
        }
        catch (IOException)
        {
            return null; // ENOENT; removed in between (ENODEV), or of a controller that is switched off (EOPNOTSUPP)
        }
    }

    /// <summary>chown(2), keeping the group.</summary>
    public static void Give(string path, uint user)
    {
        if (chown(path, user, KeepGroup) < 0) throw SyscallException.Last($"chown({path}, {user})");
    }

    [LibraryImport("libc", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    private static partial int access(string path, int mode);

    [LibraryImport("libc", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    private static partial int mkdir(string path, uint mode);

    [LibraryImport("libc", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    private static partial int rmdir(string path);

    [LibraryImport("libc", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    private static partial int chown(string path, uint owner, uint group);

    [LibraryImport("libc", SetLastError = true)]
    private static partial nint write(int fd, byte* buffer, nint count);
}
