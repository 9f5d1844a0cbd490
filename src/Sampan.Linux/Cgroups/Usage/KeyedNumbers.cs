using System.Globalization;

namespace Sampan.Linux.Cgroups.Usage;

/// <summary>A file of lines <c>name number</c>.</summary>
internal sealed class KeyedNumbers
{
    private readonly Dictionary<string, ulong> _values = [];

    public IReadOnlyDictionary<string, ulong> All => _values;

    public bool IsEmpty => _values.Count == 0;

    /// <summary>0 for a name that is not there.</summary>
    public ulong this[string name] => _values.GetValueOrDefault(name);

    public static KeyedNumbers Parse(string? text)
    {
        KeyedNumbers numbers = new();
        foreach (string line in (text ?? "").Split('\n'))
        {
            if (line.Split(' ') is [var name, var value]) numbers._values[name] = Number(value);
        }

        return numbers;
    }

    /// <summary>The highest number for <c>max</c>.</summary>
    public static ulong Number(string text) =>
        text == "max" ? ulong.MaxValue : ulong.TryParse(text, CultureInfo.InvariantCulture, out ulong value) ? value : 0;
}
