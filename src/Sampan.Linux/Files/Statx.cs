using System.Runtime.InteropServices;

namespace Sampan.Linux.Files;

/// <summary>What statx(2) tells of a file, as far as it is used here.</summary>
[C("struct statx")]
[StructLayout(LayoutKind.Explicit, Size = 256)]
internal unsafe partial struct Statx
{
    [C("AT_FDCWD")] private const int CurrentDirectory = -100;
    [C("STATX_BASIC_STATS")] private const uint BasicStats = 0x7ff;

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

    /// <summary>Asks about what a path leads to, at the end of its symbolic links; false leaves the reason in errno.</summary>
    public static bool TryRead(string path, out Statx status)
    {
        fixed (Statx* result = &status) return statx(CurrentDirectory, path, 0, BasicStats, result) == 0;
    }

    [LibraryImport("libc", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    private static partial int statx(int directory, string path, int flags, uint mask, Statx* status);
}
