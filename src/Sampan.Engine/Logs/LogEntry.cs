namespace Sampan.Engine.Logs;

/// <summary>One entry of a container's log.</summary>
/// <param name="Text">A line with its newline, or a part of one without.</param>
public sealed record LogEntry(LogStream Stream, DateTimeOffset Time, string Text)
{
    public bool EndsLine => Text.EndsWith('\n');
}
