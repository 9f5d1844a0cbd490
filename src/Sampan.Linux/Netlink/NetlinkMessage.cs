using System.Runtime.InteropServices;

namespace Sampan.Linux.Netlink;

/// <summary>A message that the kernel answered with: its type and what follows the netlink header.</summary>
public readonly record struct NetlinkMessage(int Type, byte[] Payload)
{
    /// <summary>The value of an attribute that follows a family header of the given length; empty when it is not there.</summary>
    public ReadOnlySpan<byte> Attribute(int headerLength, int attribute) => Find(Payload.AsSpan(headerLength), attribute);

    /// <summary>The value of an attribute in a run of attributes; empty when it is not there.</summary>
    public static ReadOnlySpan<byte> Find(ReadOnlySpan<byte> attributes, int attribute)
    {
        while (attributes.Length >= 4)
        {
            int length = MemoryMarshal.Read<ushort>(attributes);
            if (length < 4 || length > attributes.Length) break;
            // the top two bits say "nested" and "network order"
            if ((MemoryMarshal.Read<ushort>(attributes[2..]) & 0x3fff) == attribute) return attributes[4..length];
            attributes = attributes[Math.Min((length + 3) & ~3, attributes.Length)..];
        }
        return default;
    }

    /// <summary>The text of a zero-terminated attribute.</summary>
    public static string Text(ReadOnlySpan<byte> value) => System.Text.Encoding.UTF8.GetString(value.TrimEnd((byte)0));
}
