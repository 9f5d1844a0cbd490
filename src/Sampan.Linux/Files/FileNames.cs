using System.Text;
using System.Text.Unicode;

namespace Sampan.Linux.Files;

/// <summary>
/// Linux file names are bytes, .NET strings are not. A byte that is not part of valid UTF-8 becomes a lone surrogate U+DC80 to
/// U+DCFF, which no valid name contains, and becomes that byte again on its way to the kernel. Such a byte is 0x80 or more:
/// never a slash, a dot or a zero.
/// </summary>
public static class FileNames
{
    private const int Escape = 0xDC00;

    /// <summary>The name as text; only UTF-8 is readable in it.</summary>
    public static string Decode(ReadOnlySpan<byte> name)
    {
        if (Utf8.IsValid(name)) return Encoding.UTF8.GetString(name);
        StringBuilder text = new(name.Length);
        while (!name.IsEmpty)
        {
            bool isValid = Rune.DecodeFromUtf8(name, out Rune rune, out int count) == System.Buffers.OperationStatus.Done;
            if (isValid) text.Append(rune);
            else foreach (byte part in name[..count]) text.Append((char)(Escape | part));
            name = name[count..];
        }
        return text.ToString();
    }

    /// <summary>The most bytes that <see cref="Encode"/> makes of <paramref name="name"/>.</summary>
    public static int ByteCountMax(string name) => name.Length * 3;

    /// <summary>The bytes of a name made by <see cref="Decode"/>, or of any text; answers how many.</summary>
    public static int Encode(ReadOnlySpan<char> name, Span<byte> into)
    {
        if (!name.ContainsAnyInRange('\ud800', '\udfff')) return Encoding.UTF8.GetBytes(name, into);
        int written = 0;
        while (!name.IsEmpty)
        {
            bool isValid = Rune.DecodeFromUtf16(name, out Rune rune, out int count) == System.Buffers.OperationStatus.Done;
            if (!isValid && name[0] is >= '\udc80' and <= '\udcff')
            {
                into[written++] = (byte)(name[0] & 0xff);
                count = 1;
            }
            else written += rune.EncodeToUtf8(into[written..]);
            name = name[count..];
        }
        return written;
    }
}
