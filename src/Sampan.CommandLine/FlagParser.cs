using System.Globalization;

namespace Sampan.CommandLine;

/// <summary>Splits arguments into flags and positionals by the rules of Go's pflag, which docker, podman and Kubernetes share:
/// <c>--flag=value</c>, <c>--flag value</c>, <c>-it</c>, <c>-eA=1</c>, <c>-e A=1</c>; a switch takes a value only behind
/// <c>=</c>; <c>--</c> ends the flags.</summary>
internal readonly ref struct FlagParser(IReadOnlyList<Flag> flags, ReadOnlySpan<string> arguments, bool stopsAtPositional)
{
    private readonly ReadOnlySpan<string> _arguments = arguments;

    /// <summary>Parses everything; with <c>stopsAtPositional</c> all from the first positional on is positional.</summary>
    public void Parse(ParsedArguments into)
    {
        for (int i = 0; i < _arguments.Length && !into.WantsHelp; i++)
        {
            string argument = _arguments[i];
            if (argument == "--")
            {
                AddPositionals(i + 1, into);
                return;
            }

            // a lone dash is a positional: by convention it names stdin or stdout
            if (argument.Length < 2 || argument[0] != '-')
            {
                if (stopsAtPositional)
                {
                    AddPositionals(i, into);
                    return;
                }

                into.AddPositional(argument);
            }
            else if (argument[1] == '-') ParseLong(argument, ref i, into);
            else ParseLetters(argument, ref i, into);
        }
    }

    private void AddPositionals(int from, ParsedArguments into)
    {
        foreach (string argument in _arguments[from..]) into.AddPositional(argument);
    }

    private void ParseLong(string argument, ref int index, ParsedArguments into)
    {
        int equals = argument.IndexOf('=', StringComparison.Ordinal);
        string name = equals < 0 ? argument[2..] : argument[2..equals];
        string? value = equals < 0 ? null : argument[(equals + 1)..];
        Flag? flag = FindLong(name);
        if (flag is null && name == "help") into.WantsHelp = true;
        else if (flag is null) throw new UsageException($"unknown flag --{name}{Suggest(name)}");
        else Take(flag, "--" + name, value, ref index, into);
    }

    private void ParseLetters(string argument, ref int index, ParsedArguments into)
    {
        for (int at = 1; at < argument.Length; at++)
        {
            char letter = argument[at];
            Flag? flag = FindLetter(letter);
            if (flag is null && letter == 'h')
            {
                into.WantsHelp = true;
                return;
            }

            if (flag is null)
                throw new UsageException(argument.Length == 2 ? $"unknown flag -{letter}" : $"unknown flag -{letter} in {argument}");
            string rest = argument[(at + 1)..];
            bool assigned = rest.StartsWith('=');
            if (flag.Kind == FlagKind.Switch && !assigned)
            {
                into.Add(flag, "true");
                continue;
            }

            string? value = assigned ? rest[1..] : rest.Length > 0 ? rest : null;
            Take(flag, $"-{letter}", value, ref index, into);
            return;
        }
    }

    private void Take(Flag flag, string shown, string? value, ref int index, ParsedArguments into)
    {
        if (value is null && flag.Kind == FlagKind.Switch) value = "true";
        value ??= ++index < _arguments.Length ? _arguments[index] : throw new UsageException($"flag {shown}: needs a value");
        into.Add(flag, flag.Kind switch
        {
            FlagKind.Switch => Truth(shown, value),
            FlagKind.Integer when !long.TryParse(value, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out _) =>
                throw new UsageException($"flag {shown}: not a whole number: {value}"),
            _ => value,
        });
    }

    // the spellings of Go's strconv.ParseBool, which scripts written for docker may use
    private static string Truth(string shown, string value) => value switch
    {
        "true" or "True" or "TRUE" or "t" or "T" or "1" => "true",
        "false" or "False" or "FALSE" or "f" or "F" or "0" => "false",
        _ => throw new UsageException($"flag {shown}: neither true nor false: {value}"),
    };

    private Flag? FindLong(string name)
    {
        foreach (Flag flag in flags)
            if (flag.Name == name || flag.Alias == name)
                return flag;
        return null;
    }

    private Flag? FindLetter(char letter)
    {
        foreach (Flag flag in flags)
            if (flag.Letter == letter)
                return flag;
        return null;
    }

    private string Suggest(string name)
    {
        List<string> names = ["help"];
        foreach (Flag flag in flags)
            if (!flag.Hidden)
                names.Add(flag.Name);
        return Suggestion.Nearest(name, names) is string near ? $"; did you mean --{near}?" : "";
    }
}
