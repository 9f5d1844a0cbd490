using System.Globalization;
using System.Text.Json;
using Sampan.CommandLine;

namespace Sampan.Oci.Commands;

/// <summary>The limits that <c>update</c> takes as flags, as the JSON that a configuration has: one reader checks both.</summary>
internal static class ResourceFlags
{
    private static readonly (string Flag, string Group, string Member)[] Members =
    [
        ("cpu-period", "cpu", "period"), ("cpu-quota", "cpu", "quota"), ("cpu-burst", "cpu", "burst"), ("cpu-share", "cpu", "shares"),
        ("cpu-rt-period", "cpu", "realtimePeriod"), ("cpu-rt-runtime", "cpu", "realtimeRuntime"), ("cpu-idle", "cpu", "idle"),
        ("cpuset-cpus", "cpu", "cpus"), ("cpuset-mems", "cpu", "mems"),
        ("memory", "memory", "limit"), ("memory-reservation", "memory", "reservation"), ("memory-swap", "memory", "swap"),
        ("pids-limit", "pids", "limit"), ("blkio-weight", "blockIO", "weight"),
    ];

    /// <summary>Whether any of them is given.</summary>
    public static bool AreIn(ParsedArguments arguments) => Members.Any(member => arguments.Has(member.Flag));

    public static string ToJson(ParsedArguments arguments)
    {
        var given = Members.Where(member => arguments.Has(member.Flag)).GroupBy(member => member.Group).ToList();
        if (given.Count == 0) throw new UsageException("update: no limit is given; see --resources and the flags in --help");
        return JsonOutput.Compact(json =>
        {
            json.WriteStartObject();
            foreach (var group in given)
            {
                json.WriteStartObject(group.Key);
                foreach ((string flag, _, string member) in group) Write(json, member, flag, arguments.Text(flag)!);
                json.WriteEndObject();
            }
            json.WriteEndObject();
        });
    }

    private static void Write(Utf8JsonWriter json, string member, string flag, string value)
    {
        if (flag.StartsWith("cpuset", StringComparison.Ordinal)) json.WriteString(member, value);
        else json.WriteNumber(member, flag.StartsWith("memory", StringComparison.Ordinal) ? Bytes(flag, value) : long.Parse(value, CultureInfo.InvariantCulture));
    }

    // 512m, 1GiB, 4096, -1
    private static long Bytes(string flag, string text)
    {
        string number = text.TrimEnd('b', 'B', 'i', 'I');
        int unit = number.Length == 0 ? -1 : "kmgtp".IndexOf(char.ToLowerInvariant(number[^1]));
        if (unit >= 0) number = number[..^1];
        if (!decimal.TryParse(number, NumberStyles.AllowDecimalPoint | NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out decimal value)
            || value < -1 || value > long.MaxValue >> (10 * (unit + 1)))
            throw new UsageException($"--{flag} {text}: not a number of bytes");
        return (long)(value * (1L << (10 * (unit + 1))));
    }
}
