using System.Globalization;
using System.Text.Json;

namespace Sampan.Engine.State;

/// <summary>How a container ended.</summary>
/// <param name="Code">The exit code; 128 plus the number of the signal that ended it.</param>
/// <param name="OutOfMemory">The kernel killed a process of it for memory.</param>
/// <param name="Lost">Its monitor was killed: the code is not known (137 is assumed).</param>
/// <param name="Error">Why it could not be started, or null.</param>
public sealed record ExitRecord(int Code, DateTimeOffset Finished, bool OutOfMemory = false, bool Lost = false, string? Error = null)
{
    /// <summary>What is assumed of a container that ended unseen: its processes were killed.</summary>
    public const int LostCode = 137;

    public static ExitRecord? ReadIfExists(string path)
    {
        if (AtomicFile.ReadIfExists(path) is not { } content) return null;
        try
        {
            using JsonDocument document = JsonDocument.Parse(content);
            JsonElement json = document.RootElement;
            return new ExitRecord(
                (int)(json.OptionalNumber("code") ?? 0),
                DateTimeOffset.Parse(json.Required("finished"), CultureInfo.InvariantCulture),
                json.Flag("outOfMemory"),
                json.Flag("lost"),
                json.Optional("error"));
        }
        catch (Exception e) when (e is JsonException or InvalidOperationException or FormatException)
        {
            return null;
        }
    }

    public void Write(string path, bool durable = true) => AtomicFile.WriteJson(path, WriteMembers, durable);

    private void WriteMembers(Utf8JsonWriter writer)
    {
        writer.WriteNumber("code", Code);
        writer.WriteString("finished", Finished.ToString("O", CultureInfo.InvariantCulture));
        writer.WriteFlag("outOfMemory", OutOfMemory);
        writer.WriteFlag("lost", Lost);
        writer.WriteOptional("error", Error);
    }
}
