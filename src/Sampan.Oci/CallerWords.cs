namespace Sampan.Oci;

/// <summary>
/// Texts that dockerd looks for in a message as Go writes them, with a small letter, to tell 126 and 127 from 125
/// (docs/decisions/081-errors-for-callers.md).
/// </summary>
internal static class CallerWords
{
    private static readonly string[] Texts = ["No such file or directory", "Permission denied", "Is a directory", "Not a directory", "No such process"];

    public static string In(string message)
    {
        foreach (string text in Texts)
            message = message.Replace($"({text})", $"({char.ToLowerInvariant(text[0])}{text[1..]})", StringComparison.Ordinal);
        return message;
    }
}
