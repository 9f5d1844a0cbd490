namespace Sampan.Images.Layers;

/// <summary>Numbers of tar headers: octal text, or base-256 where the first bit is set (GNU).</summary>
internal static class TarNumber
{
    public static long Parse(ReadOnlySpan<byte> field, string what)
    {
        if ((field[0] & 0x80) != 0) return ParseBinary(field, what);
        return TryParseOctal(field, out long value) ? value : throw new ImageException($"tar header: {what} is no number");
    }

    /// <summary>An empty field is 0.</summary>
    public static bool TryParseOctal(ReadOnlySpan<byte> field, out long value)
    {
        value = 0;
        foreach (byte digit in field.Trim(" \0"u8))
        {
            // a field has at most 12 digits: no overflow
            if (digit is < (byte)'0' or > (byte)'7') return false;
            value = (value << 3) | (uint)(digit - '0');
        }
        return true;
    }

    private static long ParseBinary(ReadOnlySpan<byte> field, string what)
    {
        bool negative = field[0] == 0xff;
        if (!negative && field[0] != 0x80) throw new ImageException($"tar header: {what} is out of range");
        Int128 value = negative ? -1 : 0;
        foreach (byte part in field[1..]) value = (value << 8) | part;
        if (value > long.MaxValue || value < long.MinValue) throw new ImageException($"tar header: {what} is out of range");
        return (long)value;
    }
}
