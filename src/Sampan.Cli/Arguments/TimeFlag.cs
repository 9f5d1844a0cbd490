using System.Globalization;
using Sampan.CommandLine;

namespace Sampan.Cli.Arguments;

/// <summary>A moment as docker writes it: a date and time, seconds since 1970, or how long ago (<c>1h30m</c>).</summary>
internal static class TimeFlag
{
    public static DateTimeOffset Parse(string flag, string text, DateTimeOffset now)
    {
        if (TryDuration(text) is { } ago) return now - ago;
        if (double.TryParse(text, NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out double seconds) && seconds < 1e11)
            return DateTimeOffset.UnixEpoch.AddSeconds(seconds);
        return DateTimeOffset.TryParse(text, CultureInfo.InvariantCulture, DateTimeStyles.AssumeLocal, out DateTimeOffset time)
            ? time
            : throw new UsageException($"--{flag} {text}: not a time; wanted: for example 10m, 1h30m, 2026-01-31T12:00:00Z or seconds since 1970");
    }

    private static TimeSpan? TryDuration(string text)
    {
        TimeSpan sum = TimeSpan.Zero;
        while (text.Length > 0)
        {
            int digits = text.TakeWhile(c => char.IsAsciiDigit(c) || c == '.').Count();
            if (digits == text.Length || !double.TryParse(text[..digits], NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out double count) || count > 1e8)
                return null;
            (double Seconds, int Length)? unit = text[digits..] switch
            {
                ['m', 's', ..] => (0.001, 2),
                ['s', ..] => (1, 1),
                ['m', ..] => (60, 1),
                ['h', ..] => (3600, 1),
                _ => null,
            };
            if (unit is null) return null;
            sum += TimeSpan.FromSeconds(count * unit.Value.Seconds);
            text = text[(digits + unit.Value.Length)..];
        }

        return sum;
    }
}
