using System.Text.Json;
using Sampan.Linux.Errors;
using Sampan.Linux.Files;

namespace Sampan.Engine.State;

/// <summary>Files that are there wholly or not at all: written beside, then renamed.</summary>
public static class AtomicFile
{
    private const uint OwnerOnly = 0x180; // 0600

    /// <param name="durable">Must survive power loss: costs a disk flush.</param>
    public static void Write(string path, ReadOnlySpan<byte> content, bool durable) =>
        SmallFile.Replace(path, content, OwnerOnly, durable, $".{Environment.ProcessId}.new");

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
            return SmallFile.Read(path);
        }
        catch (SyscallException e) when (e.Errno is Errno.ENOENT or Errno.ENOTDIR)
        {
            return null;
        }
    }
}
