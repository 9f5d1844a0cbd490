using System.Text.Json;
using Sampan.Images.Archive;
using Sampan.Linux.Files;

namespace Sampan.Images.Store;

/// <summary>One JSON file for each image, replaced by rename, and for each archive seen the image it held.</summary>
internal sealed class ImageRecords(string directory, LayerStore layers)
{
    private string LockPath => Path.Join(directory, "locks", "records");

    /// <summary>Writes the record; the image's names move to it from any other image.</summary>
    public Image Add(ImageContent content, IReadOnlyList<string> diffIds)
    {
        using FileLock held = FileLock.Take(LockPath);
        List<string> names = [.. content.Names];
        foreach (string path in Directory.EnumerateFiles(Path.Join(directory, "images"), "*.json"))
        {
            Record other = ReadRecord(path);
            if (Path.GetFileNameWithoutExtension(path) == content.ConfigHex)
            {
                foreach (string name in other.Names) if (!names.Contains(name)) names.Add(name);
            }
            else if (other.Names.RemoveAll(content.Names.Contains) > 0) Write(path, other);
        }
        Write(PathOf(content.ConfigHex), new Record(names, [.. diffIds], content.Config));
        return Read(PathOf(content.ConfigHex));
    }

    public Image? FindCached(string key)
    {
        string path = Path.Join(directory, "cache", key);
        if (!File.Exists(path)) return null;
        string[] lines = File.ReadAllLines(path);
        if (lines.Length == 0 || !File.Exists(PathOf(lines[0]))) return null;
        Image image = Read(PathOf(lines[0]));
        // a name may have moved to another image since: then the archive is read again and takes it back
        foreach (string name in lines.AsSpan(1)) if (!image.Names.Contains(name)) return null;
        foreach (string layer in image.LayerDirectories) if (!Directory.Exists(layer)) return null;
        return image;
    }

    public void Remember(string key, Image image) =>
        Replace(Path.Join(directory, "cache", key), System.Text.Encoding.UTF8.GetBytes(string.Join('\n', [image.Id[7..], .. image.Names])));

    public List<Image> List()
    {
        List<Image> images = [];
        foreach (string path in Directory.EnumerateFiles(Path.Join(directory, "images"), "*.json")) images.Add(Read(path));
        return images;
    }

    public Image? Find(string reference)
    {
        string hex = reference.StartsWith("sha256:", StringComparison.Ordinal) ? reference[7..] : reference;
        bool hasTag = reference.LastIndexOf(':') > reference.LastIndexOf('/');
        string name = hasTag ? reference : reference + ":latest";
        Image? byId = null;
        foreach (Image image in List())
        {
            foreach (string own in image.Names)
            {
                if (own == reference || own == name || own == "docker.io/library/" + name || own == "docker.io/" + name || own == "localhost/" + name)
                    return image;
            }
            if (hex.Length < 3 || !image.Id.AsSpan(7).StartsWith(hex)) continue;
            if (byId is not null) throw new ImageException($"'{reference}' is the start of several image ids");
            byId = image;
        }
        return byId;
    }

    private static void Replace(string path, byte[] content)
    {
        string temporary = Path.Join(Path.GetDirectoryName(path), $".{Guid.NewGuid():N}");
        File.WriteAllBytes(temporary, content);
        File.Move(temporary, path, overwrite: true);
    }

    private static void Write(string path, Record record)
    {
        using MemoryStream buffer = new();
        using (Utf8JsonWriter json = new(buffer))
        {
            json.WriteStartObject();
            json.WriteStartArray("names");
            foreach (string name in record.Names) json.WriteStringValue(name);
            json.WriteEndArray();
            json.WriteStartArray("layers");
            foreach (string layer in record.Layers) json.WriteStringValue(layer);
            json.WriteEndArray();
            json.WritePropertyName("config");
            json.WriteRawValue(record.Config);
            json.WriteEndObject();
        }
        Replace(path, buffer.ToArray());
    }

    private static Record ReadRecord(string path)
    {
        using JsonDocument document = JsonDocument.Parse(File.ReadAllBytes(path));
        JsonElement root = document.RootElement;
        return new Record([.. BlobText.Texts(root, "names")], [.. BlobText.Texts(root, "layers")],
            System.Text.Encoding.UTF8.GetBytes(root.GetProperty("config").GetRawText()));
    }

    private string PathOf(string hex) => Path.Join(directory, "images", $"{hex}.json");

    private Image Read(string path)
    {
        Record record = ReadRecord(path);
        using JsonDocument config = JsonDocument.Parse(record.Config);
        long size = 0;
        foreach (string layer in record.Layers) size += layers.SizeOf(layer);
        return new Image
        {
            Id = $"sha256:{Path.GetFileNameWithoutExtension(path)}",
            Names = record.Names,
            Config = ImageConfig.Of(config.RootElement),
            LayerDirectories = record.Layers.ConvertAll(layers.DirectoryOf),
            Created = DateTimeOffset.TryParse(BlobText.Text(config.RootElement, "created"), out DateTimeOffset time) ? time : DateTimeOffset.UnixEpoch,
            SizeBytes = size,
        };
    }

    private sealed record Record(List<string> Names, List<string> Layers, byte[] Config);
}
