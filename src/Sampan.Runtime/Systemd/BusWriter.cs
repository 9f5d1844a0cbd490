using System.Buffers.Binary;
using System.Text;

namespace Sampan.Runtime.Systemd;

/// <summary>Values as D-Bus writes them (D-Bus specification, "Marshaling"): little-endian, each aligned to its size.</summary>
internal sealed class BusWriter
{
    private readonly List<byte> _bytes = [];

    public int Length => _bytes.Count;

    public byte[] ToArray() => [.. _bytes];

    public BusWriter Align(int size)
    {
        while (_bytes.Count % size != 0) _bytes.Add(0);
        return this;
    }

    public BusWriter Byte(byte value)
    {
        _bytes.Add(value);
        return this;
    }

    public BusWriter UInt32(uint value)
    {
        Span<byte> bytes = stackalloc byte[4];
        BinaryPrimitives.WriteUInt32LittleEndian(bytes, value);
        Align(4)._bytes.AddRange(bytes);
        return this;
    }

    public BusWriter UInt64(ulong value)
    {
        Span<byte> bytes = stackalloc byte[8];
        BinaryPrimitives.WriteUInt64LittleEndian(bytes, value);
        Align(8)._bytes.AddRange(bytes);
        return this;
    }

    public BusWriter Boolean(bool value) => UInt32(value ? 1u : 0);

    /// <summary>Also an object path.</summary>
    public BusWriter Text(string value)
    {
        byte[] bytes = Encoding.UTF8.GetBytes(value);
        UInt32((uint)bytes.Length)._bytes.AddRange(bytes);
        return Byte(0);
    }

    public BusWriter Signature(string value)
    {
        Byte((byte)value.Length)._bytes.AddRange(Encoding.ASCII.GetBytes(value));
        return Byte(0);
    }

    /// <summary>An array, whose length is known only afterwards.</summary>
    /// <param name="alignment">Of an element: 8 for structs.</param>
    public BusWriter Array(int alignment, Action<BusWriter> elements)
    {
        UInt32(0);
        int length = _bytes.Count - 4;
        int start = Align(alignment)._bytes.Count;
        elements(this);
        Span<byte> bytes = stackalloc byte[4];
        BinaryPrimitives.WriteInt32LittleEndian(bytes, _bytes.Count - start);
        for (int i = 0; i < 4; i++) _bytes[length + i] = bytes[i];
        return this;
    }

    public BusWriter Append(byte[] bytes)
    {
        _bytes.AddRange(bytes);
        return this;
    }
}
