using System.Text.Json;
using Sampan.Images.Archive;

namespace Sampan.Images.Store;

/// <summary>What an index points into: kept beside it as JSON.</summary>
/// <param name="Archive">The archive that is its first device; null where all layers are in the store.</param>
/// <param name="Layers">The bottom layer first. Those that lie in the store have no offset.</param>
internal sealed record IndexRecord(IndexDevice? Archive, IReadOnlyList<IndexedLayer> Layers)
{
    public byte[] ToJson()
    {
        using MemoryStream buffer = new();
        using (Utf8JsonWriter json = new(buffer))
        {
            json.WriteStartObject();
            if (Archive is not null)
            {
                json.WriteString("archive", Archive.Path);
                json.WriteString("identity", Archive.Identity);
            }
            json.WriteStartArray("layers");
            foreach (IndexedLayer layer in Layers)
            {
                json.WriteStartObject();
                json.WriteString("digest", layer.Hex);
                json.WriteNumber("bytes", layer.Bytes);
                if (layer.Offset is { } offset) json.WriteNumber("offset", offset);
                json.WriteEndObject();
            }
            json.WriteEndArray();
            json.WriteEndObject();
        }
        return buffer.ToArray();
    }

    /// <exception cref="ImageException">It is damaged.</exception>
    public static IndexRecord Parse(byte[] bytes, string path)
    {
        JsonValue root = JsonValue.Parse(bytes, path);
        List<IndexedLayer> layers = [];
        foreach (JsonValue layer in root.Objects("layers"))
        {
            string hex = layer.Text("digest");
            if (!Digests.Digest.IsHex(hex)) throw new ImageException($"{path}: damaged record of an index");
            layers.Add(new IndexedLayer(hex, layer.Number("bytes") ?? 0, layer.Number("offset")));
        }
        string archive = root.Text("archive");
        return new IndexRecord(archive.Length == 0 ? null : new IndexDevice(archive, root.Text("identity")), layers);
    }
}
