using System.Buffers.Binary;
using System.Text;

namespace Sampan.Images.Layers.Index;

/// <summary>
/// Extended attributes in the form that stands behind an inode: a header of 12 bytes, then for each attribute the length of its name,
/// the number of its name's beginning, the length of its value, name and value, filled up to 4 bytes. Takes what setxattr(2) would
/// take of root on a file system of the disk, and refuses what it would refuse.
/// </summary>
internal static class IndexAttributes
{
    private const int HeaderBytes = 12;
    private const int MaxBytes = 4 * ushort.MaxValue;
    private const string AccessList = "system.posix_acl_access";
    private const string DefaultList = "system.posix_acl_default";

    /// <param name="mode">Permission bits, which an access list decides as well.</param>
    /// <exception cref="ImageException">An attribute is malformed or too large.</exception>
    public static byte[] Encode(TarEntry entry, ref uint mode)
    {
        if (entry.Attributes.Count == 0) return [];
        MemoryStream all = new();
        all.Write(new byte[HeaderBytes]);
        foreach ((string name, byte[] value) in entry.Attributes)
        {
            (byte beginning, string rest) = Split(name);
            if (beginning == 0) continue;
            if (name == "security.capability") CheckCapability(value);
            if (name is AccessList or DefaultList)
            {
                if (name == DefaultList && entry.Type != '5') throw new ImageException($"{DefaultList} of what is no directory");
                if (!AccessControlList.Keep(value, name == AccessList, ref mode)) continue;
            }
            Append(all, beginning, name, rest, value);
        }
        if (all.Length > MaxBytes) throw new ImageException($"more than {MaxBytes} bytes of attributes");
        return all.Length == HeaderBytes ? [] : all.ToArray();
    }

    /// <summary>The count that the inode gives, from which the kernel knows how many bytes there are.</summary>
    public static ushort CountOf(byte[] attributes) => attributes.Length == 0 ? (ushort)0 : (ushort)(((attributes.Length - HeaderBytes) / 4) + 1);

    // an archive must not speak to overlayfs (metacopy, redirect), nor set what only the host's root may; the rest has no meaning here
    private static (byte Beginning, string Name) Split(string name) => name switch
    {
        _ when name.StartsWith("user.overlay.", StringComparison.Ordinal) => (0, ""),
        _ when name.StartsWith("user.", StringComparison.Ordinal) => (1, name[5..]),
        AccessList => (2, ""),
        DefaultList => (3, ""),
        _ when name.StartsWith("security.", StringComparison.Ordinal) => (6, name[9..]),
        _ => (0, ""),
    };

    private static void Append(MemoryStream all, byte beginning, string name, string rest, byte[] value)
    {
        byte[] bytes = new byte[Linux.Files.FileNames.ByteCountMax(rest)];
        int count = Linux.Files.FileNames.Encode(rest, bytes);
        if ((count == 0 && (beginning is 1 or 6)) || Encoding.UTF8.GetByteCount(name) > byte.MaxValue)
            throw new ImageException($"bad name of an attribute: '{ImageException.Printable(name)}'");
        if (value.Length > ushort.MaxValue) throw new ImageException($"attribute of {value.Length} bytes, limit {ushort.MaxValue}");
        Span<byte> header = [(byte)count, beginning, 0, 0];
        BinaryPrimitives.WriteUInt16LittleEndian(header[2..], (ushort)value.Length);
        all.Write(header);
        all.Write(bytes, 0, count);
        all.Write(value);
        while (all.Length % 4 != 0) all.WriteByte(0);
    }

    // capabilities(7): revision 2 or 3, each with its size
    private static void CheckCapability(byte[] value)
    {
        bool isValid = value.Length switch
        {
            0 => true,
            20 => value[3] == 2,
            24 => value[3] == 3,
            _ => false,
        };
        if (!isValid) throw new ImageException("malformed security.capability");
    }
}
