using System.Globalization;
using System.Text;

namespace Sampan.Cli.Output;

/// <summary>Makes text that an image or a container chose harmless to a terminal.</summary>
internal static class PlainText
{
    /// <summary>Control characters (escape sequences among them) and characters that reorder or hide text become
    /// <c>\xNN</c> or <c>\uNNNN</c>.</summary>
    public static string Of(string text)
    {
        int first = 0;
        while (first < text.Length && !IsUnsafe(text[first])) first++;
        if (first == text.Length) return text;
        var plain = new StringBuilder(text, 0, first, text.Length + 8);
        foreach (char c in text.AsSpan(first))
        {
            if (!IsUnsafe(c)) plain.Append(c);
            else plain.Append(c < 0x100 ? $"\\x{(int)c:x2}" : $"\\u{(int)c:x4}");
        }

        return plain.ToString();
    }

    private static bool IsUnsafe(char c) => char.IsControl(c)
        || CharUnicodeInfo.GetUnicodeCategory(c) is UnicodeCategory.Format or UnicodeCategory.LineSeparator or UnicodeCategory.ParagraphSeparator;
}
