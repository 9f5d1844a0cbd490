namespace Sampan.CommandLine;

/// <summary>One line in a program's list of verbs. The command itself is built only when it is asked for.</summary>
/// <param name="Name">The verb.</param>
/// <param name="Group">The heading it stands under in the program's help.</param>
/// <param name="Summary">One line, lower case.</param>
/// <param name="Build">Makes the declaration.</param>
public sealed record CommandEntry(string Name, string Group, string Summary, Func<Command> Build)
{
    /// <summary>For verbs that only the program itself calls.</summary>
    public bool Hidden { get; init; }
}
