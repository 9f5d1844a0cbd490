using System.Text;

namespace Sampan.Runtime.Checkpoint;

/// <summary>Writes a message in the wire format of Protocol Buffers: fields in any order, each a number and a value.</summary>
internal sealed class WireWriter
{
    private readonly List<byte> _bytes = [];

    public byte[] ToArray() => [.. _bytes];

    /// <summary>Any of the integer types, enumerations and bool; negative ones take ten bytes.</summary>
    public WireWriter Number(int field, long value)
    {
        Varint(Tag(field, 0));
        Varint((ulong)value);
        return this;
    }

    public WireWriter Flag(int field, bool value) => Number(field, value ? 1 : 0);

    public WireWriter Text(int field, string value) => Bytes(field, Encoding.UTF8.GetBytes(value));

    /// <summary>A message inside of this one.</summary>
    public WireWriter Message(int field, WireWriter message) => Bytes(field, message._bytes.ToArray());

    private WireWriter Bytes(int field, byte[] value)
    {
        Varint(Tag(field, 2));
        Varint((ulong)value.Length);
        _bytes.AddRange(value);
        return this;
    }

    private static ulong Tag(int field, uint type) => ((ulong)field << 3) | type;

    private void Varint(ulong value)
    {
        for (; value >= 0x80; value >>= 7) _bytes.Add((byte)(value | 0x80));
        _bytes.Add((byte)value);
    }
}
