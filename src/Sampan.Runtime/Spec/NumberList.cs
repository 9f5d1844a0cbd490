using System.Globalization;

namespace Sampan.Runtime.Spec;

/// <summary>Lists of CPUs or memory nodes as the kernel writes them, cpuset(7): <c>0-3,7</c>.</summary>
internal static class NumberList
{
    private const int Max = 8191;

    /// <summary>Bit n is number n; null when the text is no such list.</summary>
    public static ulong[]? Parse(string text)
    {
        ulong[] mask = [];
        foreach (string part in text.Split(','))
        {
            string[] ends = part.Trim().Split('-');
            if (ends.Length > 2 || !Number(ends[0], out int first) || !Number(ends[^1], out int last) || last < first) return null;
            if (last / 64 >= mask.Length) Array.Resize(ref mask, last / 64 + 1);
            for (int i = first; i <= last; i++) mask[i / 64] |= 1UL << (i % 64);
        }
        return mask;
    }

    private static bool Number(string text, out int number) =>
        int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out number) && number <= Max;
}
