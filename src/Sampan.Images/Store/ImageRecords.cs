using System.Text.Json;
using Sampan.Images.Archive;
using Sampan.Linux.Files;

namespace Sampan.Images.Store;

/// <summary>One JSON file for each image, replaced by rename, and for each archive seen the image it held.</summary>
internal sealed class ImageRecords(string directory, LayerStore layers, IndexStore indexes)
{
    private string LockPath => Path.Join(directory, "locks", "records");

    /// <summary>Writes the record; the image's names move to it from any other image.</summary>
    /// <param name="index">The key of its index; null where it has none, or keeps the one that it had.</param>
    /// <param name="sizeBytes">Of the layers' uncompressed archives.</param>
    public Image Add(ImageContent content, string? index, long sizeBytes)
    {
        using FileLock held = FileLock.Take(LockPath);
        List<string> names = [.. content.Names];
        foreach (string path in Directory.EnumerateFiles(Path.Join(directory, "images"), "*.json"))
        {
            Record other = ReadRecord(path);
            if (Path.GetFileNameWithoutExtension(path) == content.ConfigHex)
            {
                foreach (string name in other.Names) if (!names.Contains(name)) names.Add(name);
                index ??= other.Index;
            }
            else if (other.Names.RemoveAll(content.Names.Contains) > 0) Write(path, other);
        }
        Write(PathOf(content.ConfigHex), new Record(names, [.. content.DiffIds], index, sizeBytes, content.Config));
        return Read(PathOf(content.ConfigHex));
    }

    /// <param name="storage">What the image must be there for.</param>
    public Image? FindCached(string key, Storage storage)
    {
        string path = Path.Join(directory, "cache", key);
        if (!File.Exists(path)) return null;
        string[] lines = File.ReadAllLines(path);
        if (lines.Length == 0 || !File.Exists(PathOf(lines[0]))) return null;
        Image image = Read(PathOf(lines[0]));
        // a name may have moved to another image since: then the archive is read again and takes it back
        foreach (string name in lines.AsSpan(1)) if (!image.Names.Contains(name)) return null;
        return storage is Storage.Erofs ? image.Index is null ? null : image : image.LayerDirectories.Count == 0 ? null : image;
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
        Image? byId = null;
        foreach (Image image in List())
        {
            if (image.Names.Any(own => ImageName.Matches(own, reference))) return image;
            if (!ImageName.IsStartOfId(reference, image.Id[7..])) continue;
            if (byId is not null) throw new ImageException($"'{reference}' is the start of several image ids");
            byId = image;
        }
        return byId;
    }

    /// <summary>Null where there is no such image, or none of its layers' sizes is known any more.</summary>
    public Image? TryRead(string hex)
    {
        try
        {
            return File.Exists(PathOf(hex)) ? Read(PathOf(hex)) : null;
        }
        catch (Exception e) when (e is FileNotFoundException or DirectoryNotFoundException)
        {
            return null;
        }
    }

    public void Untag(string hex, string name)
    {
        using FileLock held = FileLock.Take(LockPath);
        Record record = ReadRecord(PathOf(hex));
        if (record.Names.Remove(name)) Write(PathOf(hex), record);
    }

    public void Remove(string hex)
    {
        using FileLock held = FileLock.Take(LockPath);
        File.Delete(PathOf(hex));
    }

    /// <summary>What an image lacks that has neither directories nor an index to be used.</summary>
    public string Missing(Image image) => ReadRecord(PathOf(image.Id[7..])).Index is { } key && indexes.ReadRecord(key)?.Archive is { IsIntact: false } archive
        ? $"its layers lie in {ImageException.Printable(archive.Path)}, which has changed or is gone" : "its layers are not in the store any more";

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
            if (record.Index is not null) json.WriteString("index", record.Index);
            json.WriteNumber("size", record.SizeBytes);
            json.WritePropertyName("config");
            json.WriteRawValue(record.Config);
            json.WriteEndObject();
        }
        Replace(path, buffer.ToArray());
    }

    private static Record ReadRecord(string path)
    {
        try
        {
            byte[] bytes = File.ReadAllBytes(path);
            JsonValue root = JsonValue.Parse(bytes, path);
            using JsonDocument document = JsonDocument.Parse(bytes);
            byte[] config = System.Text.Encoding.UTF8.GetBytes(document.RootElement.GetProperty("config").GetRawText());
            string index = root.Text("index");
            return new Record(root.Texts("names"), root.Texts("layers").ConvertAll(Hex), index.Length == 0 ? null : Hex(index), root.Number("size") ?? 0, config);
        }
        catch (Exception e) when (e is ImageException or KeyNotFoundException)
        {
            throw new ImageException($"{path}: damaged record of an image; hint: remove the file and load the image again", e);
        }
    }

    // it becomes a path
    private static string Hex(string text) => Digests.Digest.IsHex(text) ? text : throw new ImageException("not a layer's digest");

    private string PathOf(string hex) => Path.Join(directory, "images", $"{hex}.json");

    private Image Read(string path)
    {
        Record record = ReadRecord(path);
        ImageConfig config = ImageConfig.Of(JsonValue.Parse(record.Config, path));
        // Overlayfs refuses the same directory twice. The upper one of two equal layers hides nothing but what the lower one has,
        // so that only it is needed.
        List<string> directories = record.Layers.ConvertAll(layers.DirectoryOf);
        List<string> distinct = [];
        for (int i = 0; i < directories.Count; i++) if (directories.LastIndexOf(directories[i]) == i) distinct.Add(directories[i]);
        return new Image
        {
            Id = $"sha256:{Path.GetFileNameWithoutExtension(path)}",
            Names = record.Names,
            Config = config,
            LayerDirectories = distinct.TrueForAll(Directory.Exists) ? distinct : [],
            Index = record.Index is { } index ? indexes.Find(index) : null,
            Created = config.Created,
            SizeBytes = record.SizeBytes,
        };
    }

    private sealed record Record(List<string> Names, List<string> Layers, string? Index, long SizeBytes, byte[] Config);
}
