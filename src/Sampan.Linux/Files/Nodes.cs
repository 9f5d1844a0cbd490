using System.Runtime.InteropServices;
using Sampan.Linux.Errors;

namespace Sampan.Linux.Files;

/// <summary>Making directories and fifos at paths that the caller trusts, with an exact mode and an error if they exist.</summary>
public static partial class Nodes
{
    [C("AT_FDCWD")] private const int CurrentDirectory = -100;

    /// <summary>mkdir(2).</summary>
    /// <exception cref="SyscallException">EEXIST among others.</exception>
    public static void MakeDirectory(string path, uint mode)
    {
        if (mkdirat(CurrentDirectory, path, mode) < 0) throw SyscallException.Last($"mkdir({path})");
    }

    /// <summary>mkfifo(3).</summary>
    public static void MakeFifo(string path, uint mode)
    {
        if (mknodat(CurrentDirectory, path, Entries.Fifo | mode, 0) < 0) throw SyscallException.Last($"mkfifo({path})");
    }

    [LibraryImport("libc", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    private static partial int mkdirat(int directory, string path, uint mode);

    [LibraryImport("libc", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    private static partial int mknodat(int directory, string path, uint mode, ulong device);
}
