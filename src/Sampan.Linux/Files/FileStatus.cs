using System.Runtime.InteropServices;
using Sampan.Linux.Errors;

namespace Sampan.Linux.Files;

/// <summary>What an open file is, statx(2).</summary>
/// <param name="Mode">Permission bits with set-uid, set-gid and sticky, 0 to 0xfff.</param>
public sealed unsafe partial record FileStatus(FileKind Kind, uint Mode, long SizeBytes)
{
    private const int StatxBytes = 256;
    private const int EmptyPath = 0x1000;
    private const uint BasicStats = 0x7FF;

    public static FileStatus Of(Fd file)
    {
        byte* status = stackalloc byte[StatxBytes];
        if (statx(file.Number, "", EmptyPath, BasicStats, status) < 0) throw SyscallException.Last($"statx({file})");
        ushort mode = *(ushort*)(status + 28); // stx_mode
        return new FileStatus((FileKind)(mode & 0xF000), mode & 0xFFFu, *(long*)(status + 40)); // stx_size
    }

    [LibraryImport("libc", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    private static partial int statx(int directory, string path, int flags, uint mask, byte* status);
}
