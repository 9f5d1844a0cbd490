using System.Buffers;
using System.Globalization;
using System.Text;
using System.Text.Unicode;

namespace Sampan.Engine.Logs;

/// <summary>
/// Lines of Docker's json-file format: <c>{"log":"text\n","stream":"stdout","time":"2026-01-02T03:04:05.123456789Z"}</c>, one
/// per line that the container wrote. A text without <c>\n</c> at its end is a part of a line: the next entry of the same
/// stream goes on with it. Bytes that are no UTF-8 become U+FFFD.
/// </summary>
public static class LogEncoder
{
    /// <summary>Longer lines are cut into parts.</summary>
    public const int TextMaximumBytes = 16 * 1024;

    /// <summary>Appends the entries for what one read returned: one per line, and one for what is left.</summary>
    public static void Append(ArrayBufferWriter<byte> target, LogStream stream, ReadOnlySpan<byte> bytes, DateTime utc)
    {
        while (!bytes.IsEmpty)
        {
            int newline = bytes.IndexOf((byte)'\n');
            int length = Math.Min(newline < 0 ? bytes.Length : newline + 1, TextMaximumBytes);
            target.Write("{\"log\":\""u8);
            AppendText(target, bytes[..length]);
            target.Write(stream == LogStream.Output ? "\",\"stream\":\"stdout\",\"time\":\""u8 : "\",\"stream\":\"stderr\",\"time\":\""u8);
            AppendTime(target, utc);
            target.Write("\"}\n"u8);
            bytes = bytes[length..];
        }
    }

    private static void AppendText(ArrayBufferWriter<byte> target, ReadOnlySpan<byte> text)
    {
        while (!text.IsEmpty)
        {
            int plain = PlainLength(text);
            target.Write(text[..plain]);
            text = text[plain..];
            if (text.IsEmpty) return;
            text = text[AppendSpecial(target, text)..];
        }
    }

    private static int PlainLength(ReadOnlySpan<byte> text)
    {
        int length = 0;
        while (length < text.Length && text[length] is >= 0x20 and < 0x7f and not (byte)'"' and not (byte)'\\') length++;
        return length;
    }

    private static int AppendSpecial(ArrayBufferWriter<byte> target, ReadOnlySpan<byte> text)
    {
        byte first = text[0];
        switch (first)
        {
            case (byte)'\n': target.Write("\\n"u8); return 1;
            case (byte)'\r': target.Write("\\r"u8); return 1;
            case (byte)'\t': target.Write("\\t"u8); return 1;
            case (byte)'"': target.Write("\\\""u8); return 1;
            case (byte)'\\': target.Write("\\\\"u8); return 1;
        }

        if (first is < 0x20 or 0x7f)
        {
            target.Write([(byte)'\\', (byte)'u', (byte)'0', (byte)'0', Hex(first >> 4), Hex(first & 15)]);
            return 1;
        }

        if (Rune.DecodeFromUtf8(text, out _, out int length) == OperationStatus.Done) target.Write(text[..length]);
        else target.Write("\\ufffd"u8);
        return length;
    }

    private static byte Hex(int digit) => (byte)(digit < 10 ? '0' + digit : 'a' + digit - 10);

    private static void AppendTime(ArrayBufferWriter<byte> target, DateTime utc)
    {
        Span<byte> buffer = target.GetSpan(32);
        Utf8.TryWrite(buffer, CultureInfo.InvariantCulture, $"{utc:yyyy-MM-ddTHH:mm:ss.fffffff}00Z", out int written);
        target.Advance(written);
    }
}
