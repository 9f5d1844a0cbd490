using System.Buffers.Binary;
using System.Runtime.InteropServices;
using Sampan.Linux.Errors;

namespace Sampan.Linux.Files;

/// <summary>Names in a directory, as many at a time as fit into one buffer, getdents64(2).</summary>
internal static unsafe partial class DirectoryNames
{
    private const int NameOffset = 19; // of struct linux_dirent64: d_ino, d_off, d_reclen, d_type come before
    private const int BufferBytes = 32 * 1024;

    /// <summary>The next names without <c>.</c> and <c>..</c>; false at the end.</summary>
    public static bool TryRead(Fd directory, List<string> into)
    {
        byte* buffer = stackalloc byte[BufferBytes];
        nint count = getdents64(SyscallNumber.getdents64, directory.Number, buffer, BufferBytes);
        if (count < 0) throw SyscallException.Last($"getdents64({directory})");
        ReadOnlySpan<byte> entries = new(buffer, (int)count);
        while (!entries.IsEmpty)
        {
            int length = BinaryPrimitives.ReadUInt16LittleEndian(entries[16..]);
            ReadOnlySpan<byte> name = entries[NameOffset..length];
            name = name[..name.IndexOf((byte)0)];
            if (!name.SequenceEqual("."u8) && !name.SequenceEqual(".."u8)) into.Add(FileNames.Decode(name));
            entries = entries[length..];
        }
        return count > 0;
    }

    /// <summary>From the first name again.</summary>
    public static void Rewind(Fd directory)
    {
        if (lseek(directory.Number, 0, 0) < 0) throw SyscallException.Last($"lseek({directory})");
    }

    [LibraryImport("libc", EntryPoint = "syscall", SetLastError = true)]
    private static partial nint getdents64(nint number, nint fd, byte* buffer, nint size);

    [LibraryImport("libc", SetLastError = true)]
    private static partial long lseek(int fd, long offset, int origin);
}
