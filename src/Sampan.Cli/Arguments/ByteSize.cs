using System.Globalization;
using Sampan.CommandLine;

namespace Sampan.Cli.Arguments;

/// <summary>Reads sizes as docker writes them: <c>512m</c>, <c>1.5g</c>, <c>64MiB</c>, <c>1048576</c>; factors are powers of 1024.</summary>
internal static class ByteSize
{
    private const string Units = "kmgt";

    /// <returns>Bytes, positive.</returns>
    public static long Parse(string flag, string text)
    {
        string number = text.ToLowerInvariant();
        if (number.EndsWith("ib", StringComparison.Ordinal)) number = number[..^2];
        else if (number.EndsWith('b')) number = number[..^1];
        int unit = number.Length > 0 ? Units.IndexOf(number[^1]) : -1;
        if (unit >= 0) number = number[..^1];
        double factor = Math.Pow(1024, unit + 1);
        if (!decimal.TryParse(number, NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out decimal value) || value <= 0)
            throw new UsageException($"flag {flag}: not a size: {text}; for example 512m, 1g or 1048576");
        double bytes = (double)value * factor;
        if (bytes is < 1 or >= long.MaxValue) throw new UsageException($"flag {flag}: size out of range: {text}");
        return (long)bytes;
    }
}
