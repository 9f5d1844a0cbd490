using System.Buffers.Binary;
using System.Runtime.InteropServices;
using Sampan.Linux.Errors;

namespace Sampan.Linux.Files;

/// <summary>The names in a directory, getdents64(2), and what symbolic links there say.</summary>
public static unsafe partial class DirectoryNames
{
    [C("offsetof(struct dirent64, d_reclen)")] private const int LengthOffset = 16;
    [C("offsetof(struct dirent64, d_name)")] private const int NameOffset = 19;
    [C("SEEK_SET")] private const int FromStart = 0;

    /// <summary>All but <c>.</c> and <c>..</c>, in the directory's own order.</summary>
    /// <param name="directory">Open for reading, at its beginning.</param>
    public static List<string> Of(Fd directory)
    {
        List<string> names = [];
        const int size = 8 * 1024; // the largest entry has 280 bytes
        byte* start = stackalloc byte[size];
        while (true)
        {
            int bytes = (int)getdents64(SyscallNumber.getdents64, directory.Number, start, size);
            if (bytes < 0) throw SyscallException.Last($"getdents64({directory})");
            if (bytes == 0) return names;
            ReadOnlySpan<byte> entries = new(start, bytes);
            while (!entries.IsEmpty)
            {
                int length = BinaryPrimitives.ReadUInt16LittleEndian(entries[LengthOffset..]);
                ReadOnlySpan<byte> name = entries[NameOffset..length];
                name = name[..name.IndexOf((byte)0)];
                if (!name.SequenceEqual("."u8) && !name.SequenceEqual(".."u8)) names.Add(FileNames.Decode(name));
                entries = entries[length..];
            }
        }
    }

    /// <summary>Back to the directory's beginning.</summary>
    public static void Rewind(Fd directory)
    {
        if (lseek(directory.Number, 0, FromStart) < 0) throw SyscallException.Last($"lseek({directory})");
    }

    /// <summary>readlinkat(2): where a symbolic link points to.</summary>
    public static string ReadLink(Fd directory, string name)
    {
        byte* buffer = stackalloc byte[KernelNumber.PATH_MAX];
        nint bytes = readlinkat(directory.Number, name, buffer, KernelNumber.PATH_MAX);
        if (bytes < 0) throw SyscallException.Last($"readlinkat({directory}, {name})");
        return FileNames.Decode(new ReadOnlySpan<byte>(buffer, (int)bytes));
    }

    [LibraryImport("libc", EntryPoint = "syscall", SetLastError = true)]
    private static partial nint getdents64(nint number, nint directory, byte* buffer, nint size);

    [LibraryImport("libc", SetLastError = true, StringMarshallingCustomType = typeof(FileNameMarshaller))]
    private static partial nint readlinkat(int directory, string name, byte* buffer, nint size);

    [LibraryImport("libc", SetLastError = true)]
    private static partial long lseek(int fd, long offset, int origin);
}
