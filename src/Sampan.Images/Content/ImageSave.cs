using System.Text.Json;
using Sampan.Images.Archive;
using Sampan.Images.References;

namespace Sampan.Images.Content;

/// <summary>Writes kept images into one archive: an OCI layout as a tar, for docker with a <c>manifest.json</c> beside it, which is what
/// newer versions of docker write and all versions read.</summary>
public sealed class ImageSave(NamedImages images)
{
    private const string EmptyLayout = """{"imageLayoutVersion":"1.0.0"}""";
    private readonly List<(StoredImage Image, List<Reference> Names)> _chosen = [];

    /// <summary>Adds an image: by a name under this name, by id under all its names.</summary>
    /// <exception cref="ImageException">There is none.</exception>
    public void Add(string text)
    {
        StoredImage image = images.Find(text)
            ?? throw new ImageException($"save {text}: no such image; hint: sampan images lists them, sampan load keeps one from an archive");
        Reference? asked = Reference.TryParse(text);
        List<Reference> names = asked is { Digest: null } && image.Names.Contains(asked.ToString()) ? [asked]
            : asked?.Digest is null ? [.. image.Names.Select(Reference.Parse)] : [];
        int known = _chosen.FindIndex(c => c.Image.ManifestDescriptor.Hex == image.ManifestDescriptor.Hex);
        if (known < 0) _chosen.Add((image, names));
        else _chosen[known].Names.AddRange(names.Where(n => !_chosen[known].Names.Contains(n)));
    }

    /// <param name="forDocker">With <c>manifest.json</c>.</param>
    public void Write(Stream output, bool forDocker)
    {
        using TarWriter tar = new(output);
        tar.AddFolder("blobs");
        tar.AddFolder("blobs/sha256");
        HashSet<string> written = [];
        foreach ((StoredImage image, _) in _chosen)
            foreach (Descriptor blob in (Descriptor[])[image.ManifestDescriptor, image.Manifest.Config, .. image.Manifest.Layers])
                if (written.Add(blob.Hex)) WriteBlob(tar, blob);
        tar.AddFile("oci-layout", System.Text.Encoding.ASCII.GetBytes(EmptyLayout));
        tar.AddFile("index.json", Json(WriteIndex));
        if (forDocker) tar.AddFile("manifest.json", Json(WriteDockerManifest));
    }

    private static string PathOf(Descriptor blob) => $"blobs/sha256/{blob.Hex}";

    private static byte[] Json(Action<Utf8JsonWriter> write)
    {
        using MemoryStream buffer = new();
        using (Utf8JsonWriter json = new(buffer)) write(json);
        return buffer.ToArray();
    }

    private void WriteBlob(TarWriter tar, Descriptor blob)
    {
        using FileStream? content = images.Blobs.Has(blob.Hex, blob.SizeBytes) ? images.Blobs.TryOpen(blob.Hex) : null;
        if (content is null) throw new ImageException($"blob {blob.Digest} is missing; hint: pull or load the image again");
        tar.AddFile(PathOf(blob), content, blob.SizeBytes);
    }

    private void WriteIndex(Utf8JsonWriter json)
    {
        json.WriteStartObject();
        json.WriteNumber("schemaVersion", 2);
        json.WriteString("mediaType", "application/vnd.oci.image.index.v1+json");
        json.WriteStartArray("manifests");
        foreach ((StoredImage image, List<Reference> names) in _chosen)
            foreach (Reference? name in names.Count > 0 ? [.. names] : (Reference?[])[null])
            {
                json.WriteStartObject();
                json.WriteString("mediaType", image.ManifestDescriptor.MediaType);
                json.WriteString("digest", image.ManifestDescriptor.Digest);
                json.WriteNumber("size", image.ManifestDescriptor.SizeBytes);
                if (name is not null)
                {
                    json.WriteStartObject("annotations");
                    json.WriteString("io.containerd.image.name", name.ToString());
                    // podman takes this for the whole name
                    json.WriteString("org.opencontainers.image.ref.name", name.ToString());
                    json.WriteEndObject();
                }
                json.WriteEndObject();
            }
        json.WriteEndArray();
        json.WriteEndObject();
    }

    private void WriteDockerManifest(Utf8JsonWriter json)
    {
        json.WriteStartArray();
        foreach ((StoredImage image, List<Reference> names) in _chosen)
        {
            json.WriteStartObject();
            json.WriteString("Config", PathOf(image.Manifest.Config));
            json.WriteStartArray("RepoTags");
            foreach (Reference name in names) json.WriteStringValue(name.Familiar);
            json.WriteEndArray();
            json.WriteStartArray("Layers");
            foreach (Descriptor layer in image.Manifest.Layers) json.WriteStringValue(PathOf(layer));
            json.WriteEndArray();
            json.WriteEndObject();
        }
        json.WriteEndArray();
    }
}
