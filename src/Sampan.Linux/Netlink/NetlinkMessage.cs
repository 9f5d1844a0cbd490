using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace Sampan.Linux.Netlink;

/// <summary>A message that the kernel answered with: its type and what follows the netlink header.</summary>
public readonly record struct NetlinkMessage(int Type, byte[] Payload)
{
    /// <summary>The header of the family.</summary>
    internal T Header<T>()
        where T : unmanaged => MemoryMarshal.Read<T>(Payload);

    /// <summary>The value of an attribute behind the header of the family; empty when it is not there.</summary>
    internal ReadOnlySpan<byte> Attribute<T>(int attribute)
        where T : unmanaged => Find(Payload.AsSpan(Unsafe.SizeOf<T>()), attribute);

    /// <summary>The value of an attribute in a run of attributes; empty when it is not there.</summary>
    public static ReadOnlySpan<byte> Find(ReadOnlySpan<byte> attributes, int attribute)
    {
        while (attributes.Length >= AttributeHeader.Size)
        {
            AttributeHeader header = MemoryMarshal.Read<AttributeHeader>(attributes);
            int length = header.Length;
            if (length < AttributeHeader.Size || length > attributes.Length) break;
            if ((header.Kind & AttributeHeader.KindMask) == attribute) return attributes[AttributeHeader.Size..length];
            attributes = attributes[Math.Min((length + 3) & ~3, attributes.Length)..];
        }
        return default;
    }

    /// <summary>The text of a zero-terminated attribute.</summary>
    public static string Text(ReadOnlySpan<byte> value) => System.Text.Encoding.UTF8.GetString(value.TrimEnd((byte)0));
}
