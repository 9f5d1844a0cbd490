using System.Runtime.InteropServices;
using Sampan.Linux.Errors;

namespace Sampan.Linux.Files;

/// <summary>What a device node stands for, statx(2).</summary>
/// <param name="Type"><c>c</c> or <c>b</c>.</param>
/// <param name="Mode">Permission bits.</param>
public sealed unsafe partial record DeviceNode(char Type, uint Major, uint Minor, uint Mode)
{
    private const int StatxBytes = 256;
    private const uint BasicStats = 0x7FF;

    /// <summary>Null when the path is no device, or not there.</summary>
    public static DeviceNode? Of(string path)
    {
        byte* status = stackalloc byte[StatxBytes];
        if (statx(-100, path, 0, BasicStats, status) < 0)
        {
            Errno errno = (Errno)Marshal.GetLastPInvokeError();
            return errno is Errno.ENOENT or Errno.ENOTDIR ? null : throw SyscallException.Last($"statx({path})");
        }
        ushort mode = *(ushort*)(status + 28); // stx_mode
        uint* device = (uint*)(status + 128); // stx_rdev_major, stx_rdev_minor
        return (mode & 0xF000) switch
        {
            0x2000 => new DeviceNode('c', device[0], device[1], mode & 0xFFFu),
            0x6000 => new DeviceNode('b', device[0], device[1], mode & 0xFFFu),
            _ => null,
        };
    }

    [LibraryImport("libc", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    private static partial int statx(int directory, string path, int flags, uint mask, byte* status);
}
