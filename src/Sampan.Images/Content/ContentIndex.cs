using System.Text.Json;
using Sampan.Images.Archive;
using Sampan.Linux.Files;

namespace Sampan.Images.Content;

/// <summary>The <c>index.json</c> of the kept images, an OCI image layout's. Replaced by rename, by one process at a time.</summary>
internal sealed class ContentIndex(string directory, string locks)
{
    private const string NameKey = "io.containerd.image.name";
    private const string TagKey = "org.opencontainers.image.ref.name";
    private const string ConfigKey = "sampan.config";
    private const string DigestsKey = "sampan.repository.digests";

    private string FilePath => Path.Join(directory, "index.json");

    public List<IndexEntry> Read()
    {
        byte[] content;
        try
        {
            content = File.ReadAllBytes(FilePath);
        }
        catch (Exception e) when (e is FileNotFoundException or DirectoryNotFoundException)
        {
            return [];
        }
        try
        {
            return JsonValue.Parse(content, FilePath).Objects("manifests").ConvertAll(ReadEntry);
        }
        catch (ImageException e)
        {
            throw new ImageException($"{e.Message}; hint: the index of images is damaged: remove it, and pull or load them again", e);
        }
    }

    /// <summary>Reads, lets <paramref name="change"/> change, and writes.</summary>
    public void Change(Action<List<IndexEntry>> change)
    {
        Directory.CreateDirectory(directory, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
        using FileLock held = FileLock.Take(Path.Join(locks, "content"));
        List<IndexEntry> entries = Read();
        change(entries);
        string layout = Path.Join(directory, "oci-layout");
        if (!File.Exists(layout)) Replace(layout, """{"imageLayoutVersion":"1.0.0"}"""u8);
        Replace(FilePath, ToJson(entries));
    }

    private static IndexEntry ReadEntry(JsonValue json)
    {
        JsonValue? annotations = json.Object("annotations");
        string name = annotations?.Text(NameKey) ?? "", digests = annotations?.Text(DigestsKey) ?? "";
        string config = Digests.Digest.HexOf(annotations?.Text(ConfigKey) ?? "");
        return new IndexEntry(Descriptor.Read(json), config, name.Length > 0 ? name : null, digests.Split(' ', StringSplitOptions.RemoveEmptyEntries));
    }

    private static byte[] ToJson(List<IndexEntry> entries)
    {
        using MemoryStream buffer = new();
        using (Utf8JsonWriter json = new(buffer))
        {
            json.WriteStartObject();
            json.WriteNumber("schemaVersion", 2);
            json.WriteStartArray("manifests");
            foreach (IndexEntry entry in entries) Write(json, entry);
            json.WriteEndArray();
            json.WriteEndObject();
        }
        return buffer.ToArray();
    }

    private static void Write(Utf8JsonWriter json, IndexEntry entry)
    {
        json.WriteStartObject();
        json.WriteString("mediaType", entry.Manifest.MediaType);
        json.WriteString("digest", entry.Manifest.Digest);
        json.WriteNumber("size", entry.Manifest.SizeBytes);
        json.WriteStartObject("annotations");
        json.WriteString(ConfigKey, $"sha256:{entry.ConfigHex}");
        if (entry.Name is not null)
        {
            json.WriteString(NameKey, entry.Name);
            json.WriteString(TagKey, entry.Name);
        }
        if (entry.RepositoryDigests.Count > 0) json.WriteString(DigestsKey, string.Join(' ', entry.RepositoryDigests));
        json.WriteEndObject();
        json.WriteEndObject();
    }

    private static void Replace(string path, ReadOnlySpan<byte> content)
    {
        string temporary = $"{path}.new";
        FileStreamOptions options = new() { Mode = FileMode.Create, Access = FileAccess.Write, BufferSize = 0 };
        options.UnixCreateMode = UnixFileMode.UserRead | UnixFileMode.UserWrite;
        using (FileStream file = new(temporary, options))
        {
            file.Write(content);
            file.Flush(flushToDisk: true);
        }
        File.Move(temporary, path, overwrite: true);
    }
}
