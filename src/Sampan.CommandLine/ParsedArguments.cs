using System.Globalization;

namespace Sampan.CommandLine;

/// <summary>The values of a command line's flags, and its positional arguments.</summary>
public sealed class ParsedArguments
{
    private readonly IReadOnlyList<Flag> _flags;
    private readonly Dictionary<string, List<string>> _values = new(StringComparer.Ordinal);
    private readonly List<string> _positionals = [];

    internal ParsedArguments(IReadOnlyList<Flag> flags, ParsedArguments? global)
    {
        _flags = flags;
        Global = global ?? this;
    }

    /// <summary>The flags that stood before the verb.</summary>
    public ParsedArguments Global { get; }

    public IReadOnlyList<string> Positionals => _positionals;

    /// <summary>Help was asked for; nothing else was checked.</summary>
    public bool WantsHelp { get; internal set; }

    /// <summary>The flag was given, with whatever value.</summary>
    public bool Has(string name) => _values.ContainsKey(Find(name).Name);

    /// <summary>A switch's state; not given is false unless its default says otherwise.</summary>
    public bool Switch(string name) => Text(name) == "true";

    /// <summary>The last value given, else the flag's default, else null.</summary>
    public string? Text(string name)
    {
        Flag flag = Find(name);
        return _values.TryGetValue(flag.Name, out List<string>? values) ? values[^1] : flag.Default;
    }

    public long? Integer(string name) =>
        Text(name) is string text ? long.Parse(text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture) : null;

    /// <summary>Every value given, in order.</summary>
    public IReadOnlyList<string> List(string name) => _values.TryGetValue(Find(name).Name, out List<string>? values) ? values : [];

    internal void Add(Flag flag, string value)
    {
        if (!_values.TryGetValue(flag.Name, out List<string>? values)) _values[flag.Name] = values = [];
        values.Add(value);
    }

    internal void AddPositional(string argument) => _positionals.Add(argument);

    private Flag Find(string name)
    {
        foreach (Flag flag in _flags)
            if (flag.Name == name)
                return flag;
        throw new ArgumentException($"flag --{name} is not declared", nameof(name));
    }
}
