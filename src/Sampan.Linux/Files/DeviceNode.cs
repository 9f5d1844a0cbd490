using System.Runtime.InteropServices;
using Sampan.Linux.Errors;

namespace Sampan.Linux.Files;

/// <summary>What a device node stands for, statx(2).</summary>
/// <param name="Type"><c>c</c> or <c>b</c>.</param>
/// <param name="Mode">Permission bits.</param>
public sealed record DeviceNode(char Type, uint Major, uint Minor, uint Mode)
{
    [C("S_IFMT")] private const int TypeMask = 0xF000;
    [C("S_IFCHR")] private const int Character = 0x2000;
    [C("S_IFBLK")] private const int Block = 0x6000;
    [C("07777")] private const uint Permissions = 0xFFF;

    /// <summary>Null when the path is no device, or not there.</summary>
    public static DeviceNode? Of(string path)
    {
        if (!Statx.TryRead(path, out Statx status))
        {
            Errno errno = (Errno)Marshal.GetLastPInvokeError();
            return errno is Errno.ENOENT or Errno.ENOTDIR ? null : throw SyscallException.Last($"statx({path})");
        }
        return (status.Mode & TypeMask) switch
        {
            Character => new DeviceNode('c', status.NodeMajor, status.NodeMinor, status.Mode & Permissions),
            Block => new DeviceNode('b', status.NodeMajor, status.NodeMinor, status.Mode & Permissions),
            _ => null,
        };
    }
}
