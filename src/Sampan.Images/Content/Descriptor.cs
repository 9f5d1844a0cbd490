using System.Text.Json;
using Sampan.Images.Archive;

namespace Sampan.Images.Content;

/// <summary>What an OCI document says of a blob that it refers to.</summary>
/// <param name="Hex">Its digest: 64 lower-case hexadecimal digits.</param>
/// <param name="HasUrls">It names other places than the registry to be fetched from.</param>
internal sealed record Descriptor(string MediaType, string Hex, long SizeBytes, bool HasUrls = false)
{
    public string Digest => $"sha256:{Hex}";

    /// <exception cref="ImageException">Digest or size are missing or wrong.</exception>
    public static Descriptor Read(JsonValue json)
    {
        string hex = Digests.Digest.HexOf(json.Text("digest"));
        if (json.Number("size") is not (>= 0 and { } size)) throw new ImageException($"sha256:{hex}: its descriptor gives no size");
        return new Descriptor(json.Text("mediaType"), hex, size, json.Has("urls") && json.Texts("urls").Count > 0);
    }

    public void Write(Utf8JsonWriter json, string? property = null)
    {
        if (property is null) json.WriteStartObject();
        else json.WriteStartObject(property);
        json.WriteString("mediaType", MediaType);
        json.WriteString("digest", Digest);
        json.WriteNumber("size", SizeBytes);
        json.WriteEndObject();
    }
}
