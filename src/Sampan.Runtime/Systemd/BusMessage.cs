using System.Buffers.Binary;
using System.Text;

namespace Sampan.Runtime.Systemd;

/// <summary>A D-Bus message (D-Bus specification, "Message Format"), as far as it is needed to call systemd.</summary>
internal sealed class BusMessage
{
    public const byte Call = 1, Return = 2, Failure = 3, Signal = 4;

    private const byte PathField = 1, InterfaceField = 2, MemberField = 3, ErrorField = 4, ReplySerialField = 5, DestinationField = 6, SignatureField = 8;
    private const int FixedBytes = 16;

    public byte Type { get; private init; }

    public string Member { get; private set; } = "";

    public string ErrorName { get; private set; } = "";

    public uint ReplyTo { get; private set; }

    /// <summary>The strings of the body before its first value of another kind than string, object path or number.</summary>
    public IReadOnlyList<string> Texts { get; private set; } = [];

    public static byte[] MethodCall(uint serial, string path, string interfaceName, string member, string signature, Action<BusWriter> arguments)
    {
        BusWriter body = new();
        arguments(body);
        BusWriter message = new();
        message.Byte((byte)'l').Byte(Call).Byte(0).Byte(1).UInt32((uint)body.Length).UInt32(serial);
        message.Array(8, fields =>
        {
            fields.Align(8).Byte(PathField).Signature("o").Text(path);
            fields.Align(8).Byte(InterfaceField).Signature("s").Text(interfaceName);
            fields.Align(8).Byte(MemberField).Signature("s").Text(member);
            fields.Align(8).Byte(DestinationField).Signature("s").Text("org.freedesktop.systemd1");
            fields.Align(8).Byte(SignatureField).Signature("g").Signature(signature);
        });
        return message.Align(8).Append(body.ToArray()).ToArray();
    }

    /// <summary>How many bytes the message has that begins with these 16.</summary>
    public static int Size(ReadOnlySpan<byte> start)
    {
        if (start[0] != 'l') throw new IOException("systemd: a message in another byte order");
        int fields = BinaryPrimitives.ReadInt32LittleEndian(start[12..]), body = BinaryPrimitives.ReadInt32LittleEndian(start[4..]);
        if (fields is < 0 or > 1 << 20 || body is < 0 or > 1 << 20) throw new IOException("systemd: a message of a size that can not be");
        return FixedBytes + (fields + 7) / 8 * 8 + body;
    }

    public static BusMessage Parse(ReadOnlySpan<byte> bytes)
    {
        BusMessage message = new() { Type = bytes[1] };
        int end = FixedBytes + BinaryPrimitives.ReadInt32LittleEndian(bytes[12..]);
        string signature = "";
        for (int at = FixedBytes; at < end;)
        {
            at = (at + 7) / 8 * 8;
            byte field = bytes[at];
            char type = (char)bytes[at + 2]; // of a signature with one letter: length, letter, 0
            at += 4;
            switch (type)
            {
                case 'u': message.ReplyTo = field == ReplySerialField ? Number(bytes, ref at) : Skip(bytes, ref at, message.ReplyTo); break;
                case 'g':
                    signature = Encoding.ASCII.GetString(bytes.Slice(at + 1, bytes[at]));
                    at += bytes[at] + 2;
                    break;
                default:
                    string text = Text(bytes, ref at);
                    if (field == MemberField) message.Member = text;
                    else if (field == ErrorField) message.ErrorName = text;
                    break;
            }
        }

        int position = (end + 7) / 8 * 8;
        List<string> texts = [];
        foreach (char type in signature)
        {
            if (type is 's' or 'o') texts.Add(Text(bytes, ref position));
            else if (type is 'u') Number(bytes, ref position);
            else break;
        }

        message.Texts = texts;
        return message;
    }

    private static uint Number(ReadOnlySpan<byte> bytes, ref int at)
    {
        at = (at + 3) / 4 * 4;
        uint value = BinaryPrimitives.ReadUInt32LittleEndian(bytes[at..]);
        at += 4;
        return value;
    }

    private static uint Skip(ReadOnlySpan<byte> bytes, ref int at, uint value)
    {
        Number(bytes, ref at);
        return value;
    }

    private static string Text(ReadOnlySpan<byte> bytes, ref int at)
    {
        int length = (int)Number(bytes, ref at);
        string text = Encoding.UTF8.GetString(bytes.Slice(at, length));
        at += length + 1;
        return text;
    }
}
