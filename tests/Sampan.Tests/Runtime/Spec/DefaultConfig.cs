using System.Text.Json;
using System.Text.Json.Nodes;
using Sampan.Runtime.Spec;

namespace Sampan.Tests.Runtime.Spec;

/// <summary>The <c>config.json</c> that <c>sampan-oci spec</c> writes, as a document that a test can spoil in one place.</summary>
internal static class DefaultConfig
{
    public static byte[] Bytes(bool rootless = false)
    {
        using MemoryStream buffer = new();
        using (Utf8JsonWriter json = new(buffer)) DefaultSpec.Write(json, rootless);
        return buffer.ToArray();
    }

    public static ContainerSpec Read(bool rootless = false) => SpecReader.Read(Bytes(rootless));

    /// <summary>With one value replaced.</summary>
    /// <param name="path">Member names and array indices: <c>mounts/0/options</c>. Missing objects on the way are made; an index
    /// one past the end appends.</param>
    /// <param name="value">JSON text, or null to take the member away.</param>
    public static byte[] With(string path, string? value)
    {
        JsonNode document = JsonNode.Parse(Bytes())!;
        string[] parts = path.Split('/');
        JsonNode at = document;
        for (int i = 0; i < parts.Length - 1; i++)
        {
            bool listFollows = int.TryParse(parts[i + 1], out _);
            JsonNode? next = at is JsonArray list ? ItemOf(list, int.Parse(parts[i])) : at[parts[i]];
            if (next is null) at[parts[i]] = next = listFollows ? new JsonArray() : new JsonObject();
            at = next;
        }
        if (at is JsonArray array)
        {
            int index = int.Parse(parts[^1]);
            if (index == array.Count) array.Add(JsonNode.Parse(value!));
            else array[index] = JsonNode.Parse(value!);
        }
        else if (value is null) at.AsObject().Remove(parts[^1]);
        else at[parts[^1]] = JsonNode.Parse(value);
        return JsonSerializer.SerializeToUtf8Bytes(document);
    }

    private static JsonNode? ItemOf(JsonArray list, int index)
    {
        if (index == list.Count) list.Add(new JsonObject());
        return list[index];
    }
}
