namespace Sampan.CommandLine;

/// <summary>A program: flags before the verb, and the verbs.</summary>
public sealed class CommandSet(string name, string summary, IReadOnlyList<CommandEntry> entries)
{
    public string Name { get; } = name;

    public string Summary { get; } = summary;

    public IReadOnlyList<CommandEntry> Entries { get; } = entries;

    /// <summary>Flags that stand before the verb.</summary>
    public IReadOnlyList<Flag> Flags { get; init; } = [];

    /// <summary>What <c>--version</c> prints.</summary>
    public string Version { get; init; } = "";

    /// <summary>Parses <paramref name="arguments"/> and runs the verb, or prints help or the version.</summary>
    /// <param name="arguments">Without the program's own name.</param>
    /// <param name="output">Where help goes.</param>
    /// <param name="width">Columns to fit help into.</param>
    /// <returns>The verb's exit code, 0 for help.</returns>
    /// <exception cref="UsageException">The command line is wrong; also thrown by handlers.</exception>
    public int Run(ReadOnlySpan<string> arguments, TextWriter output, int width = 80)
    {
        var global = new ParsedArguments(Flags, null);
        if (arguments is ["--version"] or ["-v"] && Version.Length > 0)
        {
            output.WriteLine(Version);
            return 0;
        }

        new FlagParser(Flags, arguments, stopsAtPositional: true).Parse(global);
        if (global.WantsHelp || global.Positionals.Count == 0 || global.Positionals is ["help"])
        {
            HelpWriter.Write(this, output, width);
            return 0;
        }

        ReadOnlySpan<string> rest = arguments[(arguments.Length - global.Positionals.Count)..];
        bool asksHelp = rest[0] == "help";
        if (asksHelp) rest = rest[1..];
        Command command = Find(rest[0]).Build();
        if (asksHelp)
        {
            HelpWriter.Write(this, command, output, width);
            return 0;
        }

        var parsed = new ParsedArguments(command.Flags, global);
        new FlagParser(command.Flags, rest[1..], command.StopsAtPositional).Parse(parsed);
        if (parsed.WantsHelp)
        {
            HelpWriter.Write(this, command, output, width);
            return 0;
        }

        CheckCount(command, parsed.Positionals);
        return command.Handler(parsed);
    }

    private CommandEntry Find(string verb)
    {
        foreach (CommandEntry entry in Entries)
            if (entry.Name == verb)
                return entry;
        var names = new List<string>();
        foreach (CommandEntry entry in Entries)
            if (!entry.Hidden)
                names.Add(entry.Name);
        string hint = Suggestion.Nearest(verb, names) is string near ? $"; did you mean {near}?" : $"; see {Name} --help";
        throw new UsageException($"unknown command {verb}{hint}");
    }

    private void CheckCount(Command command, IReadOnlyList<string> positionals)
    {
        string usage = $"usage: {Name} {command.Name} [flags] {command.Positionals}".TrimEnd();
        if (positionals.Count < command.MinPositionals) throw new UsageException($"{command.Name}: too few arguments; {usage}");
        if (positionals.Count > command.MaxPositionals)
            throw new UsageException($"{command.Name}: unexpected argument {positionals[command.MaxPositionals]}; {usage}");
    }
}
