using System.Runtime.InteropServices;
using Sampan.Linux.Errors;

namespace Sampan.Linux.Files;

/// <summary>What statx(2) tells of a file, as far as it is used here.</summary>
[C("struct statx")]
[StructLayout(LayoutKind.Explicit, Size = 256)]
internal unsafe partial struct Statx
{
    [C("AT_FDCWD")] private const int CurrentDirectory = -100;
    [C("STATX_BASIC_STATS")] private const uint BasicStats = 0x7ff;

    [C("AT_EMPTY_PATH")] private const int EmptyPath = 0x1000;
    [C("AT_SYMLINK_NOFOLLOW")] private const int NoFollow = 0x100;
    [C("S_IFMT")] private const uint TypeMask = 0xF000;
    [C("S_IFDIR")] private const uint Directory = 0x4000;
    [C("S_IFREG")] private const uint Regular = 0x8000;
    [C("S_IFLNK")] private const uint SymbolicLink = 0xA000;
    [C("07777")] private const uint PermissionMask = 0xFFF;

    [FieldOffset(16), C("stx_nlink")] public uint Links;
    [FieldOffset(20), C("stx_uid")] public uint Uid;
    [FieldOffset(24), C("stx_gid")] public uint Gid;
    [FieldOffset(28), C("stx_mode")] public ushort Mode;
    [FieldOffset(32), C("stx_ino")] public ulong Inode;
    [FieldOffset(40), C("stx_size")] public ulong Size;
    [FieldOffset(96), C("stx_ctime.tv_sec")] public long ChangedSeconds;
    [FieldOffset(104), C("stx_ctime.tv_nsec")] public uint ChangedNanoseconds;
    [FieldOffset(112), C("stx_mtime.tv_sec")] public long ModifiedSeconds;
    [FieldOffset(120), C("stx_mtime.tv_nsec")] public uint ModifiedNanoseconds;
    [FieldOffset(128), C("stx_rdev_major")] public uint NodeMajor;
    [FieldOffset(132), C("stx_rdev_minor")] public uint NodeMinor;
    [FieldOffset(136), C("stx_dev_major")] public uint DeviceMajor;
    [FieldOffset(140), C("stx_dev_minor")] public uint DeviceMinor;

    public readonly uint Type => Mode & TypeMask;

    /// <summary>Permissions with set-user-ID, set-group-ID and the sticky bit.</summary>
    public readonly uint Permissions => Mode & PermissionMask;

    public readonly bool IsDirectory => Type == Directory;

    public readonly bool IsRegular => Type == Regular;

    public readonly bool IsSymbolicLink => Type == SymbolicLink;

    /// <summary>What tells the file from every other.</summary>
    public readonly (uint DeviceMajor, uint DeviceMinor, ulong Inode) Identity => (DeviceMajor, DeviceMinor, Inode);

    /// <summary>Of an open file.</summary>
    public static Statx Of(Fd file) => Of(file, "", EmptyPath);

    /// <summary>Of a directory's entry; a symbolic link is described itself.</summary>
    public static Statx Of(Fd directory, string name) => Of(directory, name, NoFollow);

    /// <summary>Asks about what a path leads to, at the end of its symbolic links; false leaves the reason in errno.</summary>
    public static bool TryRead(string path, out Statx status)
    {
        fixed (Statx* result = &status) return statx(CurrentDirectory, path, 0, BasicStats, result) == 0;
    }

    private static Statx Of(Fd directory, string name, int flags)
    {
        Statx status;
        return statx(directory.Number, name, flags, BasicStats, &status) == 0 ? status : throw SyscallException.Last($"statx({directory}, {name})");
    }

    [LibraryImport("libc", SetLastError = true, StringMarshallingCustomType = typeof(FileNameMarshaller))]
    private static partial int statx(int directory, string path, int flags, uint mask, Statx* status);
}
