using System.Text.Json;
using Sampan.Images.Digests;

namespace Sampan.Images.Archive;

/// <summary>Small JSON blobs of an image: read whole, bounded, checked against their digest.</summary>
internal static class BlobText
{
    private const int MaxBytes = 8 * 1024 * 1024;

    public static byte[] Read(IBlobSource source, string name, string? expectedHex = null)
    {
        using Stream stream = source.TryOpen(name) ?? throw new ImageException($"'{ImageException.Printable(name)}' is missing");
        if (stream.Length > MaxBytes) throw new ImageException($"'{ImageException.Printable(name)}' is larger than {MaxBytes} bytes");
        byte[] bytes = new byte[stream.Length];
        stream.ReadExactly(bytes);
        if (expectedHex is not null && Sha256.HexOf(bytes) != expectedHex)
            throw new ImageException($"'{ImageException.Printable(name)}' does not have the digest sha256:{expectedHex}");
        return bytes;
    }

    public static string Text(JsonElement element, string property) =>
        element.ValueKind == JsonValueKind.Object && element.TryGetProperty(property, out JsonElement value)
            && value.ValueKind == JsonValueKind.String ? value.GetString()! : "";

    public static IReadOnlyList<string> Texts(JsonElement element, string property)
    {
        if (element.ValueKind != JsonValueKind.Object || !element.TryGetProperty(property, out JsonElement value)) return [];
        List<string> texts = [];
        if (value.ValueKind == JsonValueKind.Array)
        {
            foreach (JsonElement item in value.EnumerateArray()) texts.Add(item.GetString() ?? "");
        }
        // sets are objects with empty values: {"80/tcp": {}}
        else if (value.ValueKind == JsonValueKind.Object)
        {
            foreach (JsonProperty item in value.EnumerateObject()) texts.Add(item.Name);
        }
        return texts;
    }
}
