using System.Text.Json;

namespace Sampan.Images.Archive;

/// <summary>An object or list in an image's JSON together with its place there, so that what has the wrong shape can be named. A field
/// that is missing and one that is null are the same.</summary>
internal readonly struct JsonValue
{
    private static readonly JsonDocumentOptions Strict = new() { AllowDuplicateProperties = false };
    private readonly JsonElement _element;
    private readonly string _place;

    private JsonValue(JsonElement element, string place) => (_element, _place) = (element, place);

    /// <summary>An object.</summary>
    public static JsonValue Parse(ReadOnlyMemory<byte> json, string name) => new(Element(json, name, JsonValueKind.Object), $"{ImageException.Printable(name)}: ");

    /// <summary>A list of objects.</summary>
    public static List<JsonValue> ParseList(ReadOnlyMemory<byte> json, string name) =>
        Objects(Element(json, name, JsonValueKind.Array), ImageException.Printable(name));

    public bool Has(string field) => Find(field, null) is not null;

    public JsonValue? Object(string field) => Find(field, JsonValueKind.Object) is { } found ? new JsonValue(found, $"{_place}{field}.") : null;

    public List<JsonValue> Objects(string field) => Find(field, JsonValueKind.Array) is { } found ? Objects(found, _place + field) : [];

    /// <summary>Empty where there is none.</summary>
    public string Text(string field) => Find(field, JsonValueKind.String) is { } found ? TextOf(found, _place + field) : "";

    public List<string> Texts(string field)
    {
        List<string> texts = [];
        if (Find(field, JsonValueKind.Array) is not { } list) return texts;
        foreach (JsonElement item in list.EnumerateArray())
        {
            string place = $"{_place}{field}[{texts.Count}]";
            Expect(item, JsonValueKind.String, place);
            texts.Add(TextOf(item, place));
        }
        return texts;
    }

    /// <summary>Sets are objects with empty values: <c>{"80/tcp": {}}</c>.</summary>
    public List<string> Keys(string field)
    {
        List<string> keys = [];
        if (Find(field, JsonValueKind.Object) is not { } set) return keys;
        foreach (JsonProperty item in set.EnumerateObject()) keys.Add(Checked(item.Name, _place + field));
        return keys;
    }

    public Dictionary<string, string> Map(string field)
    {
        Dictionary<string, string> map = [];
        if (Object(field) is not { } entries) return map;
        foreach (string key in Keys(field)) map[key] = entries.Text(key);
        return map;
    }

    public long? Number(string field)
    {
        if (Find(field, JsonValueKind.Number) is not { } found) return null;
        return found.TryGetInt64(out long number) ? number : throw new ImageException($"{_place}{field}: not a whole number in range");
    }

    private static JsonElement Element(ReadOnlyMemory<byte> json, string name, JsonValueKind kind)
    {
        try
        {
            using JsonDocument document = JsonDocument.Parse(json, Strict);
            Expect(document.RootElement, kind, ImageException.Printable(name));
            return document.RootElement.Clone();
        }
        catch (JsonException e)
        {
            throw new ImageException($"{ImageException.Printable(name)}: not valid JSON: {ImageException.Printable(e.Message)}", e);
        }
    }

    private static List<JsonValue> Objects(JsonElement list, string place)
    {
        List<JsonValue> items = [];
        foreach (JsonElement item in list.EnumerateArray())
        {
            string itemPlace = $"{place}[{items.Count}]";
            Expect(item, JsonValueKind.Object, itemPlace);
            items.Add(new JsonValue(item, itemPlace + "."));
        }
        return items;
    }

    private static string TextOf(JsonElement element, string place)
    {
        try
        {
            return Checked(element.GetString()!, place);
        }
        catch (InvalidOperationException e)
        {
            throw new ImageException($"{place}: not valid Unicode", e);
        }
    }

    // no file name, argument or variable can hold one: the kernel would see it cut short
    private static string Checked(string text, string place) =>
        text.Contains('\0') ? throw new ImageException($"{place}: holds a zero byte") : text;

    private static void Expect(JsonElement element, JsonValueKind kind, string place)
    {
        if (element.ValueKind != kind) throw new ImageException($"{place}: expected {NameOf(kind)}, found {NameOf(element.ValueKind)}");
    }

    private static string NameOf(JsonValueKind kind) => kind switch
    {
        JsonValueKind.Object => "an object",
        JsonValueKind.Array => "a list",
        JsonValueKind.String => "a text",
        JsonValueKind.Number => "a number",
        JsonValueKind.Null => "null",
        _ => "true or false",
    };

    private JsonElement? Find(string field, JsonValueKind? kind)
    {
        if (!_element.TryGetProperty(field, out JsonElement found) || found.ValueKind == JsonValueKind.Null) return null;
        if (kind is { } expected) Expect(found, expected, _place + field);
        return found;
    }
}
