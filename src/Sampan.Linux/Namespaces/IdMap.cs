using System.Globalization;
using System.Text;

namespace Sampan.Linux.Namespaces;

/// <summary>One line of <c>/proc/PID/uid_map</c> or <c>gid_map</c>, user_namespaces(7).</summary>
/// <param name="Size">How many ids, at least 1.</param>
public sealed record IdMap(uint ContainerId, uint HostId, uint Size)
{
    /// <summary>Reads <c>container:host:size</c>, or the same separated by spaces as the kernel prints it.</summary>
    /// <exception cref="FormatException">Not three numbers, a size of 0, or ids above 4294967295.</exception>
    public static IdMap Parse(string text)
    {
        string[] parts = text.Split([':', ' ', '\t'], StringSplitOptions.RemoveEmptyEntries);
        if (parts.Length != 3 || !Number(parts[0], out uint container) || !Number(parts[1], out uint host)
            || !Number(parts[2], out uint size) || size == 0
            || (ulong)container + size > 1UL << 32 || (ulong)host + size > 1UL << 32)
            throw new FormatException($"invalid id map \"{text}\"; expected container:host:size");
        return new IdMap(container, host, size);
    }

    /// <summary>What is written to <c>uid_map</c>: one line for each map.</summary>
    public static string Format(IEnumerable<IdMap> maps)
    {
        StringBuilder text = new();
        foreach (IdMap map in maps) text.Append(CultureInfo.InvariantCulture, $"{map}\n");
        return text.ToString();
    }

    public override string ToString() => string.Create(CultureInfo.InvariantCulture, $"{ContainerId} {HostId} {Size}");

    private static bool Number(string text, out uint number)
        => uint.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out number);
}
