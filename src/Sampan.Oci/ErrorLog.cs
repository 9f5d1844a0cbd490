using System.Text;
using System.Text.Json;

namespace Sampan.Oci;

/// <summary>
/// Where an error goes: to stderr, and as one more line to the <c>--log</c> file, from which callers take the message.
/// </summary>
internal sealed class ErrorLog
{
    private string? _path;
    private bool _json;

    /// <summary>Looks for the log flags by itself: a command line that can not be parsed is to be logged too.</summary>
    public static ErrorLog From(string[] arguments)
    {
        ErrorLog log = new();
        for (int i = 0; i < arguments.Length && arguments[i].StartsWith('-'); i++)
        {
            string[] parts = arguments[i].TrimStart('-').Split('=', 2);
            if (parts[0] is not ("log" or "log-format" or "root" or "log-level" or "rootless" or "cgroup-manager")) continue;
            string? value = parts.Length == 2 ? parts[1] : ++i < arguments.Length ? arguments[i] : null;
            if (parts[0] == "log") log._path = value;
            if (parts[0] == "log-format") log._json = value == "json";
        }
        return log;
    }

    public void Report(string message)
    {
        Console.Error.WriteLine($"sampan-oci: {message}");
        if (string.IsNullOrEmpty(_path)) return;
        try
        {
            File.AppendAllText(_path, Line(message) + "\n");
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            Console.Error.WriteLine($"sampan-oci: --log {_path}: {error.Message}");
        }
    }

    private string Line(string message)
    {
        string time = DateTimeOffset.UtcNow.ToString("yyyy-MM-dd'T'HH:mm:ss'Z'");
        using MemoryStream buffer = new();
        using (Utf8JsonWriter json = new(buffer))
        {
            json.WriteStartObject();
            json.WriteString("level", "error");
            json.WriteString("msg", message);
            json.WriteString("time", time);
            json.WriteEndObject();
        }
        return _json
            ? Encoding.UTF8.GetString(buffer.ToArray())
            : $"time=\"{time}\" level=error msg=\"{message.Replace("\\", "\\\\").Replace("\"", "\\\"")}\"";
    }
}
