using System.Runtime.InteropServices;
using System.Text;
using Sampan.Linux.Errors;

namespace Sampan.Linux.Files;

/// <summary>Extended attributes of open files, xattr(7).</summary>
public static unsafe partial class ExtendedAttributes
{
    /// <summary>Of a value; that of the list of names, XATTR_LIST_MAX, is the same.</summary>
    [C("XATTR_SIZE_MAX")] private const int Maximum = 65536;

    /// <summary>Gives one file all that another has; those that the target's file system does not have are left out.</summary>
    public static void Copy(Fd from, Fd to)
    {
        byte[] buffer = new byte[Maximum];
        fixed (byte* bytes = buffer)
        {
            nint length = flistxattr(from.Number, bytes, Maximum);
            if (length < 0 && (Errno)Marshal.GetLastPInvokeError() == Errno.EOPNOTSUPP) return;
            if (length < 0) throw SyscallException.Last($"flistxattr({from})");
            if (length == 0) return;
            string[] names = Encoding.UTF8.GetString(buffer, 0, (int)length).Split('\0', StringSplitOptions.RemoveEmptyEntries);
            foreach (string name in names)
            {
                nint size = fgetxattr(from.Number, name, bytes, Maximum);
                if (size < 0) throw SyscallException.Last($"fgetxattr({from}, {name})");
                if (fsetxattr(to.Number, name, bytes, size, 0) < 0 && (Errno)Marshal.GetLastPInvokeError() != Errno.EOPNOTSUPP)
                    throw SyscallException.Last($"fsetxattr({to}, {name})");
            }
        }
    }

    [LibraryImport("libc", SetLastError = true)]
    private static partial nint flistxattr(int file, byte* list, nint size);

    [LibraryImport("libc", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    private static partial nint fgetxattr(int file, string name, byte* value, nint size);

    [LibraryImport("libc", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    private static partial int fsetxattr(int file, string name, byte* value, nint size, int flags);
}
