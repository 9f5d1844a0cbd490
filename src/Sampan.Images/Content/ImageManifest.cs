using System.Text.Json;
using Sampan.Images.Archive;

namespace Sampan.Images.Content;

/// <summary>The manifest of one image: its configuration and its layers, bottom first.</summary>
internal sealed record ImageManifest(string MediaType, Descriptor Config, IReadOnlyList<Descriptor> Layers)
{
    public const string OciType = "application/vnd.oci.image.manifest.v1+json";
    public const string DockerType = "application/vnd.docker.distribution.manifest.v2+json";
    public const string OciConfigType = "application/vnd.oci.image.config.v1+json";
    public const int MaxBytes = 4 * 1024 * 1024;
    private const int MaxConfigBytes = 8 * 1024 * 1024;
    private const int MaxLayers = 1000;

    /// <param name="json">The whole document.</param>
    /// <param name="mediaType">What refers to it says that it is; empty where nothing does.</param>
    /// <exception cref="ImageException">It is not the manifest of an image, or could be read as something else too (CVE-2021-41190).</exception>
    public static ImageManifest Read(byte[] json, string mediaType)
    {
        JsonValue root = JsonValue.Parse(json, "manifest");
        string own = root.Text("mediaType");
        if (own.Length > 0 && mediaType.Length > 0 && own != mediaType)
            throw new ImageException($"manifest: says that it is '{ImageException.Printable(own)}', and what refers to it '{ImageException.Printable(mediaType)}'");
        string type = own.Length > 0 ? own : mediaType.Length > 0 ? mediaType : OciType;
        if (root.Number("schemaVersion") == 1)
            throw new ImageException("manifest: of schema version 1, which has no digests of what is in the layers; hint: push the image again with a newer program");
        if (!Layout.MediaType.IsManifest(type))
            throw new ImageException($"manifest: of the kind '{ImageException.Printable(type)}', which is no image");
        if (root.Has("manifests")) throw new ImageException("manifest: is an index too");
        if (root.Object("config") is not { } config || !root.Has("layers")) throw new ImageException("manifest: without config or layers");
        Descriptor configuration = Descriptor.Read(config);
        if (configuration.SizeBytes > MaxConfigBytes)
            throw new ImageException($"manifest: a configuration of {configuration.SizeBytes} bytes is larger than {MaxConfigBytes}");
        if (configuration.MediaType is not ("" or OciConfigType or "application/vnd.docker.container.image.v1+json" or "application/octet-stream"))
            throw new ImageException($"an artifact of the kind '{ImageException.Printable(configuration.MediaType)}', not an image that can run");
        List<Descriptor> layers = root.Objects("layers").ConvertAll(Descriptor.Read);
        if (layers.Count > MaxLayers) throw new ImageException($"manifest: more than {MaxLayers} layers");
        foreach (Descriptor layer in layers)
        {
            if (!Layout.MediaType.IsLayer(layer.MediaType))
                throw new ImageException($"layer {layer.Digest} is of the kind '{ImageException.Printable(layer.MediaType)}', not an archive of files");
        }
        return new ImageManifest(type, configuration, layers);
    }

    /// <summary>The document as OCI writes it, always the same for the same content.</summary>
    public byte[] ToJson()
    {
        using MemoryStream buffer = new();
        using (Utf8JsonWriter json = new(buffer))
        {
            json.WriteStartObject();
            json.WriteNumber("schemaVersion", 2);
            json.WriteString("mediaType", MediaType);
            Config.Write(json, "config");
            json.WriteStartArray("layers");
            foreach (Descriptor layer in Layers) layer.Write(json);
            json.WriteEndArray();
            json.WriteEndObject();
        }
        return buffer.ToArray();
    }
}
