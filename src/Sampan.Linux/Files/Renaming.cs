using System.Runtime.InteropServices;
using Sampan.Linux.Errors;

namespace Sampan.Linux.Files;

/// <summary>renameat2(2) that never replaces anything.</summary>
public static partial class Renaming
{
    [C("RENAME_NOREPLACE")] private const uint NoReplace = 1;

    /// <summary>Moves a file or directory within a file system; false where <paramref name="to"/> exists, or <paramref name="from"/> does not.</summary>
    public static bool TryMove(string from, string to)
    {
        if (renameat2(KernelNumber.AT_FDCWD, from, KernelNumber.AT_FDCWD, to, NoReplace) == 0) return true;
        return (Errno)Marshal.GetLastPInvokeError() is Errno.EEXIST or Errno.ENOENT
            ? false
            : throw SyscallException.Last($"renameat2({from}, {to}, RENAME_NOREPLACE)");
    }

    [LibraryImport("libc", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    private static partial int renameat2(int fromDirectory, string from, int toDirectory, string to, uint flags);
}
