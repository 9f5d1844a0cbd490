using System.Runtime.InteropServices;

namespace Sampan.Linux.Processes;

/// <summary>Who runs this program, getuid(2).</summary>
public static partial class Caller
{
    public static uint Uid => geteuid();

    public static uint Gid => getegid();

    [LibraryImport("libc")]
    private static partial uint geteuid();

    [LibraryImport("libc")]
    private static partial uint getegid();
}
