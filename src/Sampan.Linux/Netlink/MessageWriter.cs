using System.Buffers.Binary;
using System.Net;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Text;

namespace Sampan.Linux.Netlink;

/// <summary>
/// Writes netlink messages, one after the other, into one buffer that is sent at once. Everything is aligned to 4 bytes
/// (NLMSG_ALIGN, NLA_ALIGN). Each message has a description, which an error for it will show.
/// </summary>
public sealed class MessageWriter
{
    [C("NLA_F_NESTED")] private const int NestedFlag = 0x8000;

    private byte[] _buffer = new byte[2048];
    private int _length;
    private int _messageStart = -1;

    /// <summary>All messages so far, in wire format.</summary>
    public ReadOnlySpan<byte> Written => _buffer.AsSpan(0, _length);

    /// <summary>One description for each message; the sequence number of message i is i + 1.</summary>
    internal List<string> Descriptions { get; } = [];

    internal int ExpectedAcknowledgements { get; private set; }

    /// <summary>Begins a message; it ends where the next begins or <see cref="Finish"/> is called.</summary>
    public void Begin(int type, MessageFlags flags, string description)
    {
        Finish();
        _messageStart = _length;
        Descriptions.Add(description);
        if ((flags & MessageFlags.Acknowledge) != 0) ExpectedAcknowledgements++;
        Header(new NetlinkHeader { Type = (ushort)type, Flags = (ushort)flags, Sequence = Descriptions.Count });
    }

    /// <summary>Writes the length of the message that was begun last.</summary>
    public void Finish()
    {
        if (_messageStart >= 0) MemoryMarshal.Write(_buffer.AsSpan(_messageStart), _length - _messageStart);
        _messageStart = -1;
    }

    /// <summary>A fixed header, such as each family has behind that of the message.</summary>
    internal void Header<T>(T header)
        where T : unmanaged => MemoryMarshal.Write(Take(Unsafe.SizeOf<T>()), header);

    public void Put(int attribute, ReadOnlySpan<byte> value)
    {
        Header(new AttributeHeader { Length = (ushort)(AttributeHeader.Size + value.Length), Kind = (ushort)attribute });
        value.CopyTo(Take(value.Length));
    }

    /// <summary>A zero-terminated string.</summary>
    public void Put(int attribute, string value)
    {
        Span<byte> bytes = stackalloc byte[Encoding.UTF8.GetMaxByteCount(value.Length) + 1];
        int length = Encoding.UTF8.GetBytes(value, bytes);
        bytes[length] = 0;
        Put(attribute, bytes[..(length + 1)]);
    }

    /// <summary>A 32-bit number in the order of the machine (rtnetlink).</summary>
    public void Put(int attribute, uint value) => Put(attribute, MemoryMarshal.AsBytes(new ReadOnlySpan<uint>(in value)));

    /// <summary>A 32-bit number in network order (nf_tables).</summary>
    public void PutBigEndian(int attribute, uint value)
    {
        Span<byte> bytes = stackalloc byte[4];
        BinaryPrimitives.WriteUInt32BigEndian(bytes, value);
        Put(attribute, bytes);
    }

    /// <summary>A 64-bit number in network order (handles of nf_tables).</summary>
    public void PutBigEndian(int attribute, ulong value)
    {
        Span<byte> bytes = stackalloc byte[8];
        BinaryPrimitives.WriteUInt64BigEndian(bytes, value);
        Put(attribute, bytes);
    }

    public void Put(int attribute, IPAddress address) => Put(attribute, address.GetAddressBytes());

    /// <summary>Opens a nested attribute; what is written until <see cref="EndNest"/> with the returned mark lies in it.</summary>
    public int BeginNest(int attribute)
    {
        int mark = _length;
        Header(new AttributeHeader { Kind = (ushort)(attribute | NestedFlag) });
        return mark;
    }

    public void EndNest(int mark) => MemoryMarshal.Write(_buffer.AsSpan(mark), (ushort)(_length - mark));

    // the buffer only grows, so what was not written yet is zero
    private Span<byte> Take(int length)
    {
        int aligned = (length + 3) & ~3;
        if (_length + aligned > _buffer.Length) Array.Resize(ref _buffer, Math.Max(_buffer.Length * 2, _length + aligned));
        Span<byte> span = _buffer.AsSpan(_length, length);
        _length += aligned;
        return span;
    }
}
