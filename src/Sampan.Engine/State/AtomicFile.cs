using System.Text.Json;

namespace Sampan.Engine.State;

/// <summary>Files that are there wholly or not at all: written beside, then renamed.</summary>
public static class AtomicFile
{
    private const UnixFileMode OwnerOnly = UnixFileMode.UserRead | UnixFileMode.UserWrite;

    /// <param name="durable">Must survive power loss: costs a disk flush.</param>
    public static void Write(string path, ReadOnlySpan<byte> content, bool durable)
    {
        string temporary = $"{path}.{Environment.ProcessId}.new";
        FileStreamOptions options = new() { Mode = FileMode.Create, Access = FileAccess.Write, UnixCreateMode = OwnerOnly, BufferSize = 0 };
        try
        {
            using (FileStream file = new(temporary, options))
            {
                file.Write(content);
                file.Flush(durable);
            }

            File.Move(temporary, path, overwrite: true);
        }
        catch
        {
            File.Delete(temporary);
            throw;
        }
    }

    /// <summary>Writes one JSON object.</summary>
    public static void WriteJson(string path, Action<Utf8JsonWriter> members, bool durable)
    {
        using MemoryStream content = new();
        using (Utf8JsonWriter writer = new(content))
        {
            writer.WriteStartObject();
            members(writer);
            writer.WriteEndObject();
        }

        Write(path, content.GetBuffer().AsSpan(0, (int)content.Length), durable);
    }

    /// <summary>The file's content, or null when there is none.</summary>
    public static byte[]? ReadIfExists(string path)
    {
        try
        {
            return File.ReadAllBytes(path);
        }
        catch (Exception e) when (e is FileNotFoundException or DirectoryNotFoundException)
        {
            return null;
        }
    }
}
