namespace Sampan.CommandLine;

/// <summary>One verb: its flags, how many positional arguments it takes, and what it does.</summary>
public sealed class Command(string name, string summary)
{
    public string Name { get; } = name;

    public string Summary { get; } = summary;

    /// <summary>The positional part of the usage line, for example <c>IMAGE [COMMAND [ARG...]]</c>.</summary>
    public string Positionals { get; init; } = "";

    public int MinPositionals { get; init; }

    public int MaxPositionals { get; init; } = int.MaxValue;

    /// <summary>Flags end at the first positional, because what follows belongs to another program (<c>run</c>, <c>exec</c>).</summary>
    public bool StopsAtPositional { get; init; }

    public IReadOnlyList<Flag> Flags { get; init; } = [];

    /// <summary>Whole command lines, shown at the end of help.</summary>
    public IReadOnlyList<string> Examples { get; init; } = [];

    /// <summary>Runs the verb and returns the program's exit code.</summary>
    public required Func<ParsedArguments, int> Handler { get; init; }
}
