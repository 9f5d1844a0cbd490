using System.Text;

namespace Sampan.CommandLine;

/// <summary>Writes a shell's completion script from the program's own declaration.</summary>
public static class Completion
{
    /// <param name="program">Every one of its commands is built.</param>
    /// <param name="shell"><c>bash</c>, <c>zsh</c> or <c>fish</c>.</param>
    /// <exception cref="UsageException">Another shell.</exception>
    public static string Script(CommandSet program, string shell) => shell switch
    {
        "bash" => Bash(program),
        // zsh runs bash's script through its own compatibility layer, so the two can not drift apart
        "zsh" => $"#compdef {program.Name}\nautoload -U +X bashcompinit && bashcompinit\n{Bash(program)}",
        "fish" => Fish(program),
        _ => throw new UsageException($"completion: unknown shell {shell}; one of bash, zsh, fish"),
    };

    private static string Bash(CommandSet program)
    {
        string function = "_" + program.Name.Replace('-', '_');
        var script = new StringBuilder();
        script.Append($"{function}() {{\n    local word=\"${{COMP_WORDS[COMP_CWORD]}}\" before=\"${{COMP_WORDS[COMP_CWORD-1]}}\" verb= i\n");
        script.Append("    for ((i = 1; i < COMP_CWORD; i++)); do\n        case \"${COMP_WORDS[i]}\" in\n");
        script.Append($"            {string.Join('|', Verbs(program))}) verb=\"${{COMP_WORDS[i]}}\"; break ;;\n        esac\n    done\n");
        script.Append("    local words=\n    case \"$verb\" in\n");
        script.Append($"        '') words='{string.Join(' ', Verbs(program))}{Longs(program.Flags)} --help' ;;\n");
        foreach (CommandEntry entry in program.Entries)
        {
            if (entry.Hidden) continue;
            Command command = entry.Build();
            script.Append($"        {entry.Name})\n            words='{Longs(command.Flags).TrimStart()} --help'\n");
            AppendChoices(script, command);
            script.Append("            ;;\n");
        }

        script.Append("    esac\n    if [[ -n $verb && $word != -* && -z $choices ]]; then\n        COMPREPLY=($(compgen -f -- \"$word\"))\n");
        script.Append("    else\n        COMPREPLY=($(compgen -W \"${choices:-$words}\" -- \"$word\"))\n    fi\n}\n");
        script.Replace("local words=\n", "local words= choices=\n");
        script.Append($"complete -o filenames -F {function} {program.Name}\n");
        return script.ToString();
    }

    private static void AppendChoices(StringBuilder script, Command command)
    {
        foreach (Flag flag in command.Flags)
            if (!flag.Hidden && flag.Choices.Count > 0)
                script.Append($"            [[ $before == --{flag.Name} ]] && choices='{string.Join(' ', flag.Choices)}'\n");
    }

    private static string Fish(CommandSet program)
    {
        var script = new StringBuilder();
        foreach (CommandEntry entry in program.Entries)
        {
            if (entry.Hidden) continue;
            script.Append($"complete -c {program.Name} -n __fish_use_subcommand -a {entry.Name} -d {Quote(entry.Summary)}\n");
            foreach (Flag flag in entry.Build().Flags)
            {
                if (flag.Hidden) continue;
                script.Append($"complete -c {program.Name} -n '__fish_seen_subcommand_from {entry.Name}' -l {flag.Name}");
                if (flag.Letter != '\0') script.Append($" -s {flag.Letter}");
                if (flag.Kind != FlagKind.Switch) script.Append(" -r");
                if (flag.Choices.Count > 0) script.Append($" -a {Quote(string.Join(' ', flag.Choices))}");
                script.Append($" -d {Quote(flag.Summary)}\n");
            }
        }

        return script.ToString();
    }

    private static List<string> Verbs(CommandSet program)
    {
        var verbs = new List<string>();
        foreach (CommandEntry entry in program.Entries)
            if (!entry.Hidden)
                verbs.Add(entry.Name);
        return verbs;
    }

    private static string Longs(IReadOnlyList<Flag> flags)
    {
        var longs = new StringBuilder();
        foreach (Flag flag in flags)
            if (!flag.Hidden)
                longs.Append(" --").Append(flag.Name);
        return longs.ToString();
    }

    private static string Quote(string text) => "'" + text.Replace("\\", "\\\\").Replace("'", "\\'") + "'";
}
