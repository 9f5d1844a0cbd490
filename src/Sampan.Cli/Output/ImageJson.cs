using System.Globalization;
using System.Text.Json;
using Sampan.Images.Content;
using Sampan.Images.References;

namespace Sampan.Cli.Output;

/// <summary>An image with the members that scripts written for docker read.</summary>
internal static class ImageJson
{
    public static void Write(Utf8JsonWriter json, StoredImage image)
    {
        json.WriteStartObject();
        json.WriteString("Id", image.Id);
        WriteList(json, "RepoTags", image.Names.Select(name => Reference.Parse(name).Familiar));
        WriteList(json, "RepoDigests", image.RepositoryDigests.Select(name => Reference.Parse(name).Familiar));
        json.WriteString("Created", image.Config.Created.UtcDateTime.ToString("O", CultureInfo.InvariantCulture));
        json.WriteString("Architecture", image.Config.Architecture);
        json.WriteString("Variant", image.Config.Variant);
        json.WriteString("Os", image.Config.OperatingSystem);
        json.WriteNumber("Size", image.StoredBytes);
        json.WriteString("ManifestDigest", image.ManifestDigest);
        using (JsonDocument config = JsonDocument.Parse(image.ConfigJson))
        {
            if (config.RootElement.TryGetProperty("author", out JsonElement author)) Copy(json, "Author", author);
            if (config.RootElement.TryGetProperty("config", out JsonElement run)) Copy(json, "Config", run);
        }
        json.WriteStartObject("RootFS");
        json.WriteString("Type", "layers");
        WriteList(json, "Layers", image.DiffIds);
        json.WriteEndObject();
        json.WriteEndObject();
    }

    private static void Copy(Utf8JsonWriter json, string name, JsonElement value)
    {
        json.WritePropertyName(name);
        value.WriteTo(json);
    }

    private static void WriteList(Utf8JsonWriter json, string name, IEnumerable<string> values)
    {
        json.WriteStartArray(name);
        foreach (string value in values) json.WriteStringValue(value);
        json.WriteEndArray();
    }
}
