using System.Globalization;

namespace Sampan.Linux.Namespaces;

/// <summary>Ranges of ids that an administrator lets a user map, subuid(5) and subgid(5).</summary>
public static class SubIds
{
    public static IReadOnlyList<(uint First, uint Count)> Users(string? userName, uint userId) => Read("/etc/subuid", userName, userId);

    public static IReadOnlyList<(uint First, uint Count)> Groups(string? userName, uint userId) => Read("/etc/subgid", userName, userId);

    /// <summary>What is granted to anybody, users' and groups' ids alike.</summary>
    public static IReadOnlyList<(uint First, uint Count)> Everybody() => [.. Read("/etc/subuid", _ => true), .. Read("/etc/subgid", _ => true)];

    /// <summary>Lines are <c>user:first:count</c> with a name or a number; others are ignored, as newuidmap(1) does.</summary>
    internal static IReadOnlyList<(uint First, uint Count)> Read(string path, string? userName, uint userId)
    {
        string number = userId.ToString(CultureInfo.InvariantCulture);
        return Read(path, owner => owner == number || (userName is not null && owner == userName));
    }

    private static List<(uint First, uint Count)> Read(string path, Func<string, bool> isWanted)
    {
        List<(uint, uint)> ranges = [];
        if (!File.Exists(path)) return ranges;
        foreach (string line in File.ReadLines(path))
        {
            string[] parts = line.Trim().Split(':');
            if (parts.Length != 3 || !isWanted(parts[0])) continue;
            if (uint.TryParse(parts[1], NumberStyles.None, CultureInfo.InvariantCulture, out uint first)
                && uint.TryParse(parts[2], NumberStyles.None, CultureInfo.InvariantCulture, out uint count) && count > 0)
                ranges.Add((first, count));
        }

        return ranges;
    }
}
