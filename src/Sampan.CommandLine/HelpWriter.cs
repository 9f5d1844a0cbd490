namespace Sampan.CommandLine;

/// <summary>Writes the help of a program or a verb, in plain text of at most the given width.</summary>
internal static class HelpWriter
{
    private const int NarrowestText = 24;

    /// <summary>The program's verbs under their groups.</summary>
    public static void Write(CommandSet program, TextWriter output, int width)
    {
        output.WriteLine($"usage: {program.Name} [flags] COMMAND [ARG...]\n\n{program.Summary}");
        var groups = new List<string>();
        int column = 0;
        foreach (CommandEntry entry in program.Entries)
        {
            if (entry.Hidden) continue;
            if (!groups.Contains(entry.Group)) groups.Add(entry.Group);
            column = Math.Max(column, entry.Name.Length);
        }

        foreach (string group in groups)
        {
            output.WriteLine($"\n{group}:");
            foreach (CommandEntry entry in program.Entries)
                if (!entry.Hidden && entry.Group == group)
                    WriteRow(output, "  " + entry.Name, entry.Summary, column + 4, width);
        }

        WriteFlags(program.Flags, output, width);
        output.WriteLine($"\nmore: {program.Name} COMMAND --help");
    }

    /// <summary>Usage, flags with defaults, examples.</summary>
    public static void Write(CommandSet program, Command command, TextWriter output, int width)
    {
        string flags = command.Flags.Count > 0 ? " [flags]" : "";
        output.WriteLine($"usage: {program.Name} {command.Name}{flags} {command.Positionals}".TrimEnd());
        output.WriteLine($"\n{command.Summary}");
        WriteFlags(command.Flags, output, width);
        if (command.Examples.Count == 0) return;
        output.WriteLine("\nexamples:");
        foreach (string example in command.Examples) output.WriteLine("  " + example);
    }

    private static void WriteFlags(IReadOnlyList<Flag> flags, TextWriter output, int width)
    {
        var rows = new List<(string Left, string Right)>();
        int column = 0;
        foreach (Flag flag in flags)
        {
            if (flag.Hidden) continue;
            string left = (flag.Letter == '\0' ? "      --" : $"  -{flag.Letter}, --") + flag.Name;
            if (flag.Alias is not null) left += ", --" + flag.Alias;
            if (flag.Placeholder.Length > 0) left += " " + flag.Placeholder;
            rows.Add((left, flag.Default is null ? flag.Summary : $"{flag.Summary} (default {flag.Default})"));
            column = Math.Max(column, left.Length + 2);
        }

        if (rows.Count == 0) return;
        output.WriteLine("\nflags:");
        foreach ((string left, string right) in rows) WriteRow(output, left, right, column, width);
    }

    private static void WriteRow(TextWriter output, string left, string text, int column, int width)
    {
        int room = Math.Max(width - column, NarrowestText);
        output.Write(left.PadRight(column));
        ReadOnlySpan<char> rest = text;
        while (rest.Length > room)
        {
            int space = rest[..(room + 1)].LastIndexOf(' ');
            int cut = space > 0 ? space : room;
            output.WriteLine(rest[..cut]);
            output.Write(new string(' ', column));
            rest = rest[cut..].TrimStart(' ');
        }

        output.WriteLine(rest);
    }
}
