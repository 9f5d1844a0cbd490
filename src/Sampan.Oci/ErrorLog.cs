using System.Text;
using System.Text.Json;
using Sampan.CommandLine;

namespace Sampan.Oci;

/// <summary>
/// Where an error goes: to stderr, and as one more line to the <c>--log</c> file, from which callers take the message.
/// </summary>
internal sealed class ErrorLog
{
    private string? _path;
    private bool _json;
    private bool _debug;
    private bool _errorsOnly;

    /// <summary>Looks for the log flags by itself: a command line that can not be parsed is to be logged too.</summary>
    public static ErrorLog From(string[] arguments)
    {
        ErrorLog log = new();
        for (int i = 0; i < arguments.Length && arguments[i].StartsWith('-'); i++)
        {
            string[] parts = arguments[i].TrimStart('-').Split('=', 2);
            if (GlobalFlags.All.FirstOrDefault(flag => flag.Name == parts[0]) is not { } flag) continue;
            string? value = parts.Length == 2 ? parts[1]
                : flag.Kind == FlagKind.Switch ? "true"
                : ++i < arguments.Length ? arguments[i] : null;
            if (parts[0] == "log") log._path = value;
            if (parts[0] == "log-format") log._json = value == "json";
            if (parts[0] == "debug") log._debug |= value == "true";
            if (parts[0] == "log-level") (log._debug, log._errorsOnly) = (log._debug | value == "debug", value == "error");
        }
        return log;
    }

    /// <summary>With a log, stderr has only the bare message: callers show it behind their own words.</summary>
    public void Report(string message)
    {
        message = CallerWords.In(message);
        Console.Error.WriteLine(_path is null ? $"sampan-oci: {message}" : message);
        Write("error", message);
    }

    /// <summary>Something was passed over; to the log where there is one, else to stderr.</summary>
    public void Warn(string message)
    {
        if (_errorsOnly) return;
        if (_path is null) Console.Error.WriteLine(Line("warning", message));
        else Write("warning", message);
    }

    /// <summary>Only with <c>--debug</c>.</summary>
    public void Debug(string message)
    {
        if (!_debug) return;
        if (_path is null) Console.Error.WriteLine(Line("debug", message));
        else Write("debug", message);
    }

    private void Write(string level, string message)
    {
        if (string.IsNullOrEmpty(_path)) return;
        try
        {
            File.AppendAllText(_path, Line(level, message) + "\n");
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            Console.Error.WriteLine($"sampan-oci: --log {_path}: {error.Message}");
        }
    }

    private string Line(string level, string message)
    {
        string time = DateTimeOffset.UtcNow.ToString("yyyy-MM-dd'T'HH:mm:ss'Z'");
        if (!_json) return $"time=\"{time}\" level={level} msg=\"{message.Replace("\\", "\\\\").Replace("\"", "\\\"").Replace("\n", "\\n")}\"";
        using MemoryStream buffer = new();
        using (Utf8JsonWriter json = new(buffer))
        {
            json.WriteStartObject();
            json.WriteString("level", level);
            json.WriteString("msg", message);
            json.WriteString("time", time);
            json.WriteEndObject();
        }
        return Encoding.UTF8.GetString(buffer.ToArray());
    }
}
