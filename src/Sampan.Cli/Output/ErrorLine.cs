namespace Sampan.Cli.Output;

/// <summary>The one line on stderr that tells a person what went wrong.</summary>
internal static class ErrorLine
{
    /// <summary><c>sampan: message</c>, without escape sequences that a name in it may carry.</summary>
    public static void Write(TextWriter error, string message) => error.Write($"sampan: {PlainText.Of(message)}\n");
}
