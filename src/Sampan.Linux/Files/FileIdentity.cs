using Sampan.Linux.Errors;

namespace Sampan.Linux.Files;

/// <summary>What tells one version of a file from every other: device, inode, size and both change times, statx(2).</summary>
public static class FileIdentity
{
    /// <summary>A text such as <c>8.1-4711-1024-1700000000.5-1700000000.5</c>, fit for a file name.</summary>
    public static string Of(string path) => Statx.TryRead(path, out Statx s)
        ? $"{s.DeviceMajor}.{s.DeviceMinor}-{s.Inode}-{s.Size}"
            + $"-{s.ModifiedSeconds}.{s.ModifiedNanoseconds}-{s.ChangedSeconds}.{s.ChangedNanoseconds}"
        : throw SyscallException.Last($"statx({path})");

    /// <summary>The inode number, which also tells namespaces apart: namespaces(7).</summary>
    public static ulong InodeOf(string path) => Statx.TryRead(path, out Statx status) ? status.Inode : throw SyscallException.Last($"statx({path})");
}
