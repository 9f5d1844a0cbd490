using System.Text.Json;

namespace Sampan.Engine.State;

/// <summary>Members that may be absent: a missing one and null are the same.</summary>
internal static class JsonFields
{
    public static void WriteOptional(this Utf8JsonWriter writer, string name, string? value)
    {
        if (value is not null) writer.WriteString(name, value);
    }

    public static void WriteOptional(this Utf8JsonWriter writer, string name, long? value)
    {
        if (value is { } number) writer.WriteNumber(name, number);
    }

    public static void WriteFlag(this Utf8JsonWriter writer, string name, bool value)
    {
        if (value) writer.WriteBoolean(name, value);
    }

    public static void WriteList(this Utf8JsonWriter writer, string name, IReadOnlyList<string> values)
    {
        if (values.Count == 0) return;
        writer.WriteStartArray(name);
        foreach (string value in values) writer.WriteStringValue(value);
        writer.WriteEndArray();
    }

    public static string Required(this JsonElement element, string name) =>
        element.Optional(name) ?? throw new JsonException($"no \"{name}\"");

    public static string? Optional(this JsonElement element, string name) =>
        element.TryGetProperty(name, out JsonElement value) ? value.GetString() : null;

    public static long? OptionalNumber(this JsonElement element, string name) =>
        element.TryGetProperty(name, out JsonElement value) ? value.GetInt64() : null;

    public static bool Flag(this JsonElement element, string name) =>
        element.TryGetProperty(name, out JsonElement value) && value.GetBoolean();

    public static IReadOnlyList<string> List(this JsonElement element, string name)
    {
        if (!element.TryGetProperty(name, out JsonElement array)) return [];
        List<string> values = new(array.GetArrayLength());
        foreach (JsonElement value in array.EnumerateArray()) values.Add(value.GetString() ?? throw new JsonException($"null in \"{name}\""));
        return values;
    }
}
