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

    /// <summary>Whether two identities are of one inode.</summary>
    public static bool IsSameFile(string one, string other) => Parts(one).AsSpan(0, 2).SequenceEqual(Parts(other).AsSpan(0, 2));

    /// <summary>Whether size and time of change of the content are equal; renaming and the like change neither.</summary>
    public static bool HasSameContent(string one, string other) => Parts(one).AsSpan(2, 2).SequenceEqual(Parts(other).AsSpan(2, 2));

    private static string[] Parts(string identity) => identity.Split('-', 5);
}
