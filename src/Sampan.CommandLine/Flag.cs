namespace Sampan.CommandLine;

/// <summary>The declaration of one flag.</summary>
/// <param name="Kind">What values it takes.</param>
/// <param name="Name">The long name without dashes.</param>
/// <param name="Placeholder">What help shows for the value; empty for switches.</param>
/// <param name="Summary">One line for help, lower case.</param>
public sealed record Flag(FlagKind Kind, string Name, string Placeholder, string Summary)
{
    /// <summary>The single letter, or <c>'\0'</c>.</summary>
    public char Letter { get; init; }

    /// <summary>A second long name, understood but shown only behind the first.</summary>
    public string? Alias { get; init; }

    /// <summary>Shown in help, and what <see cref="ParsedArguments.Text"/> returns when the flag is not given.</summary>
    public string? Default { get; init; }

    /// <summary>The only values worth completing, for example the networks' modes; not enforced.</summary>
    public IReadOnlyList<string> Choices { get; init; } = [];

    /// <summary>Understood, but shown neither in help nor in completions.</summary>
    public bool Hidden { get; init; }

    public static Flag Switch(string name, string summary, char letter = '\0') =>
        new(FlagKind.Switch, name, "", summary) { Letter = letter };

    public static Flag Text(string name, string placeholder, string summary, char letter = '\0') =>
        new(FlagKind.Text, name, placeholder, summary) { Letter = letter };

    public static Flag Integer(string name, string placeholder, string summary, char letter = '\0') =>
        new(FlagKind.Integer, name, placeholder, summary) { Letter = letter };

    public static Flag List(string name, string placeholder, string summary, char letter = '\0') =>
        new(FlagKind.List, name, placeholder, summary) { Letter = letter };
}
