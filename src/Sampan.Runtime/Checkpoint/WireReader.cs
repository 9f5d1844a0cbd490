using System.Text;

namespace Sampan.Runtime.Checkpoint;

/// <summary>A message in the wire format of Protocol Buffers, taken apart. Of a field that is there several times the last one counts.</summary>
internal sealed class WireReader
{
    private readonly Dictionary<int, ulong> _numbers = [];
    private readonly Dictionary<int, byte[]> _bytes = [];

    /// <exception cref="FormatException">It is cut off, or no such message.</exception>
    public WireReader(ReadOnlySpan<byte> message)
    {
        while (!message.IsEmpty)
        {
            ulong tag = Varint(ref message);
            int field = (int)(tag >> 3);
            switch (tag & 7)
            {
                case 0: _numbers[field] = Varint(ref message); break;
                case 1: Take(ref message, 8); break;
                case 2: _bytes[field] = Take(ref message, Varint(ref message)); break;
                case 5: Take(ref message, 4); break;
                default: throw new FormatException($"a message has a field of wire type {tag & 7}");
            }
        }
    }

    public long? Number(int field) => _numbers.TryGetValue(field, out ulong value) ? (long)value : null;

    public bool Flag(int field) => Number(field) is not (null or 0);

    public string? Text(int field) => _bytes.TryGetValue(field, out byte[]? value) ? Encoding.UTF8.GetString(value) : null;

    public WireReader? Message(int field) => _bytes.TryGetValue(field, out byte[]? value) ? new WireReader(value) : null;

    private static byte[] Take(ref ReadOnlySpan<byte> message, ulong count)
    {
        if (count > (ulong)message.Length) throw new FormatException("a message ends within a field");
        byte[] taken = message[..(int)count].ToArray();
        message = message[(int)count..];
        return taken;
    }

    private static ulong Varint(ref ReadOnlySpan<byte> message)
    {
        ulong value = 0;
        for (int shift = 0; shift < 64; shift += 7)
        {
            if (message.IsEmpty) break;
            byte next = message[0];
            message = message[1..];
            value |= (ulong)(next & 0x7F) << shift;
            if (next < 0x80) return value;
        }
        throw new FormatException("a message ends within a number");
    }
}
