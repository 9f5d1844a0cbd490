using System.Text.Json;

namespace Sampan.Runtime.Checkpoint;

/// <summary>
/// What the standard streams of a saved container were, <c>descriptors.json</c> beside CRIU's images, as runc and crun write it: three
/// texts as /proc/PID/fd shows them. A pipe among them led out of the container, and gets a new other end at its restore.
/// </summary>
internal static class SavedStreams
{
    private const string FileName = "descriptors.json";

    public static void Write(string images, int pid)
    {
        using MemoryStream buffer = new();
        using (Utf8JsonWriter json = new(buffer))
        {
            json.WriteStartArray();
            for (int i = 0; i < 3; i++) json.WriteStringValue(File.ResolveLinkTarget($"/proc/{pid}/fd/{i}", false) is { } target ? Text(target, pid) : "");
            json.WriteEndArray();
        }
        File.WriteAllBytes($"{images}/{FileName}", buffer.ToArray());
    }

    /// <summary>The pipes among the streams, by the number of the stream; none where nothing was written down.</summary>
    public static IReadOnlyDictionary<int, string> Pipes(string images)
    {
        Dictionary<int, string> pipes = [];
        string file = $"{images}/{FileName}";
        if (!File.Exists(file)) return pipes;
        try
        {
            using JsonDocument document = JsonDocument.Parse(File.ReadAllBytes(file));
            int number = 0;
            foreach (JsonElement stream in document.RootElement.EnumerateArray())
            {
                if (number < 3 && stream.GetString() is { } text && text.StartsWith("pipe:[", StringComparison.Ordinal)) pipes[number] = text;
                number++;
            }
        }
        catch (Exception error) when (error is JsonException or InvalidOperationException)
        {
            throw new FormatException($"{file}: is not a list of three streams");
        }
        return pipes;
    }

    // "pipe:[42]" is no path, and is made one below the folder of the link
    private static string Text(FileSystemInfo target, int pid)
    {
        string folder = $"/proc/{pid}/fd/";
        return target.FullName.StartsWith(folder, StringComparison.Ordinal) ? target.FullName[folder.Length..] : target.FullName;
    }
}
