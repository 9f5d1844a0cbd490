using System.Globalization;
using System.Text.Json;
using Sampan.Engine.State;

namespace Sampan.Engine.Logs;

/// <summary>Reads the log file of a container.</summary>
public static class LogReader
{
    private const int FollowPollMs = 100;

    /// <summary>The log's entries in the order in which they were written.</summary>
    /// <param name="tail">Only that many last lines; null for all.</param>
    /// <param name="since">Only what was written at or after that time.</param>
    /// <param name="follow">At the end of the file waits for more, as long as this answers true; null ends there.</param>
    public static IEnumerable<LogEntry> Read(string path, int? tail = null, DateTimeOffset? since = null, Func<bool>? follow = null)
    {
        Queue<FileStream> files = new(LogFiles.Open(path));
        // a container that is just starting has no log yet
        while (files.Count == 0)
        {
            if (follow?.Invoke() != true) yield break;
            Thread.Sleep(FollowPollMs);
            files = new(LogFiles.Open(path));
        }

        if (tail is { } lines) SkipTo(files, lines);
        while (files.TryDequeue(out FileStream? file))
        {
            using FileStream owned = file;
            LogLines source = new(file);
            while (true)
            {
                // both asked before reading: what is written before the end, or before the next file was begun, is seen
                bool newest = files.Count == 0 && follow is not null;
                bool more = newest && follow!();
                FileStream? next = newest ? LogFiles.After(file, path) : null;
                if (next is not null) files.Enqueue(next);
                while (source.Next() is { } line)
                {
                    if (Parse(line) is { } entry && (since is null || entry.Time >= since)) yield return entry;
                }

                if (!more || next is not null) break;
                Thread.Sleep(FollowPollMs);
            }
        }
    }

    private static void SkipTo(Queue<FileStream> files, int lines)
    {
        FileStream[] oldestFirst = [.. files];
        for (int i = oldestFirst.Length - 1; i >= 0; i--)
        {
            (oldestFirst[i].Position, int found) = LogTail.Find(oldestFirst[i], lines);
            lines -= found;
        }
    }

    /// <summary>Writes entries as <c>sampan logs</c> shows them: each stream to its own, with the time when asked for.</summary>
    public static void Show(IEnumerable<LogEntry> entries, Stream output, Stream errorOutput, bool timestamps)
    {
        bool outputInLine = false, errorInLine = false;
        foreach (LogEntry entry in entries)
        {
            bool isOutput = entry.Stream == LogStream.Output;
            ref bool inLine = ref isOutput ? ref outputInLine : ref errorInLine;
            string text = timestamps && !inLine
                ? $"{entry.Time.UtcDateTime.ToString("yyyy-MM-ddTHH:mm:ss.fffffff00Z", CultureInfo.InvariantCulture)} {entry.Text}"
                : entry.Text;
            inLine = !entry.EndsLine;
            Stream target = isOutput ? output : errorOutput;
            target.Write(System.Text.Encoding.UTF8.GetBytes(text));
            target.Flush();
        }
    }

    // null for a line that a full disk cut short
    private static LogEntry? Parse(ReadOnlyMemory<byte> line)
    {
        try
        {
            using JsonDocument document = JsonDocument.Parse(line);
            JsonElement json = document.RootElement;
            LogStream stream = json.Required("stream") == "stderr" ? LogStream.ErrorOutput : LogStream.Output;
            return new LogEntry(stream, DateTimeOffset.Parse(json.Required("time"), CultureInfo.InvariantCulture), json.Required("log"));
        }
        catch (Exception e) when (e is JsonException or InvalidOperationException or FormatException)
        {
            return null;
        }
    }
}
