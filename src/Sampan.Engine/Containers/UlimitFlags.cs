using System.Globalization;
using Sampan.Engine.State;
using Sampan.Linux.Capabilities;
using Sampan.Runtime.Spec;

namespace Sampan.Engine.Containers;

/// <summary>Reads <c>--ulimit name=soft[:hard]</c>, where -1 is unlimited.</summary>
internal static class UlimitFlags
{
    // proc_pid_limits(5): a line for each limit by its number, in columns, after one with their titles
    private const string OwnLimits = "/proc/self/limits";
    private const int HardColumn = 47;
    private const int HardWidth = 20;

    /// <exception cref="EngineException">Not of that form, or more than this process may give.</exception>
    public static List<ResourceLimit> Read(IReadOnlyList<string> ulimits)
    {
        List<ResourceLimit> limits = [];
        if (ulimits.Count == 0) return limits;
        string[] own = File.ReadAllLines(OwnLimits);
        bool mayRaise = ProcessCapabilities.Current().Effective.Has(Capability.CAP_SYS_RESOURCE);
        foreach (string text in ulimits)
        {
            ResourceLimit limit = Parse(text);
            ulong most = Hard(own[limit.Number + 1]);
            if (limit.Hard > most && !mayRaise)
                throw new EngineException($"ulimit {text}: more than {most}, the limit of sampan itself, which only CAP_SYS_RESOURCE may raise");
            limits.Add(limit);
        }

        return limits;
    }

    private static ResourceLimit Parse(string text)
    {
        string[] parts = text.Split('=', ':');
        if (parts.Length is not (2 or 3) || Number(parts[1]) is not { } soft || Number(parts[^1]) is not { } hard
            || ResourceLimit.Named($"RLIMIT_{parts[0].ToUpperInvariant()}", soft, hard) is not { } limit)
            throw new EngineException($"ulimit {text}: expected name=soft[:hard]");
        return soft <= hard ? limit : throw new EngineException($"ulimit {text}: the soft limit is higher than the hard one");
    }

    private static ulong? Number(string text) => text == "-1" ? ulong.MaxValue
        : ulong.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out ulong value) ? value : null;

    /// <summary>The hard limit of a line of proc_pid_limits(5).</summary>
    internal static ulong Hard(string line)
    {
        ReadOnlySpan<char> column = line.AsSpan(HardColumn, HardWidth).Trim();
        return column is "unlimited" ? ulong.MaxValue : ulong.Parse(column, CultureInfo.InvariantCulture);
    }
}
