using System.Buffers.Binary;
using System.Runtime.InteropServices;
using Sampan.Linux.Errors;

namespace Sampan.Linux.Files;

/// <summary>What statx(2) tells of a file. A symbolic link is described itself.</summary>
/// <param name="Mode">With the file's type, inode(7).</param>
/// <param name="Device">Where it lies; with <paramref name="Inode"/> what tells it from every other file.</param>
/// <param name="NodeMajor">Of the device that a device node stands for.</param>
public readonly partial record struct FileStatus(
    uint Mode, uint Uid, uint Gid, uint Links, (uint Major, uint Minor) Device, ulong Inode, uint NodeMajor, uint NodeMinor,
    long ModifiedSeconds, uint ModifiedNanoseconds)
{
    private const int EmptyPath = 0x1000;
    private const int NoFollow = 0x100;
    private const uint BasicStats = 0x7ff;
    private const uint TypeMask = 0xF000;

    public uint Type => Mode & TypeMask;

    /// <summary>Permissions with set-user-ID, set-group-ID and the sticky bit.</summary>
    public uint Permissions => Mode & 0xFFF;

    public bool IsDirectory => Type == 0x4000;

    public bool IsRegular => Type == 0x8000;

    public bool IsSymbolicLink => Type == 0xA000;

    public static FileStatus Of(Fd file) => Of(file, "", EmptyPath);

    /// <summary>Of a directory's entry.</summary>
    public static FileStatus Of(Fd directory, string name) => Of(directory, name, NoFollow);

    private static unsafe FileStatus Of(Fd directory, string name, int flags)
    {
        // struct statx is 256 bytes; the offsets are those of linux/stat.h
        byte* buffer = stackalloc byte[256];
        if (statx(directory.Number, name, flags, BasicStats, buffer) < 0) throw SyscallException.Last($"statx({directory}, {name})");
        ReadOnlySpan<byte> s = new(buffer, 256);
        return new FileStatus(BinaryPrimitives.ReadUInt16LittleEndian(s[28..]), U32(s, 20), U32(s, 24), U32(s, 16), (U32(s, 136), U32(s, 140)),
            BinaryPrimitives.ReadUInt64LittleEndian(s[32..]), U32(s, 128), U32(s, 132), BinaryPrimitives.ReadInt64LittleEndian(s[112..]), U32(s, 120));
    }

    private static uint U32(ReadOnlySpan<byte> bytes, int offset) => BinaryPrimitives.ReadUInt32LittleEndian(bytes[offset..]);

    [LibraryImport("libc", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    private static unsafe partial int statx(int directory, string path, int flags, uint mask, byte* result);
}
