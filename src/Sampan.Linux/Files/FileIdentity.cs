using System.Buffers.Binary;
using System.Runtime.InteropServices;
using Sampan.Linux.Errors;

namespace Sampan.Linux.Files;

/// <summary>What tells one version of a file from every other: device, inode, size and both change times, statx(2).</summary>
public static unsafe partial class FileIdentity
{
    private const int CurrentDirectory = -100;
    private const uint BasicStats = 0x7ff;

    /// <summary>A text such as <c>8.1-4711-1024-1700000000.5-1700000000.5</c>, fit for a file name.</summary>
    public static string Of(string path)
    {
        // struct statx is 256 bytes; the offsets are those of linux/stat.h
        byte* buffer = stackalloc byte[256];
        if (statx(CurrentDirectory, path, 0, BasicStats, buffer) < 0) throw SyscallException.Last($"statx({path})");
        ReadOnlySpan<byte> s = new(buffer, 256);
        return $"{U32(s, 136)}.{U32(s, 140)}-{U64(s, 32)}-{U64(s, 40)}"
            + $"-{(long)U64(s, 112)}.{U32(s, 120)}-{(long)U64(s, 96)}.{U32(s, 104)}";
    }

    private static uint U32(ReadOnlySpan<byte> bytes, int offset) => BinaryPrimitives.ReadUInt32LittleEndian(bytes[offset..]);

    private static ulong U64(ReadOnlySpan<byte> bytes, int offset) => BinaryPrimitives.ReadUInt64LittleEndian(bytes[offset..]);

    [LibraryImport("libc", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    private static partial int statx(int directory, string path, int flags, uint mask, byte* result);
}
