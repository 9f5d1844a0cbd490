using System.Text.Json;

namespace Sampan.Runtime.Spec;

/// <summary>A JSON value with the path that leads to it, so that each error names its place.</summary>
internal readonly record struct SpecNode(JsonElement Element, string Path)
{
    public bool Exists => Element.ValueKind is not (JsonValueKind.Undefined or JsonValueKind.Null);

    /// <summary>A member; one that is absent is a node that does not exist.</summary>
    public SpecNode this[string name]
    {
        get
        {
            if (!Exists) return new SpecNode(default, Join(name));
            Expect(JsonValueKind.Object, "an object");
            return new SpecNode(Element.TryGetProperty(name, out JsonElement member) ? member : default, Join(name));
        }
    }

    public string? Text()
    {
        if (!Exists) return null;
        Expect(JsonValueKind.String, "a string");
        string text = Element.GetString()!;
        return text.Contains('\0') ? throw Error("contains a NUL character") : text;
    }

    public string RequiredText()
    {
        string? text = Text();
        return string.IsNullOrEmpty(text) ? throw Error("is missing") : text;
    }

    public bool Flag()
    {
        if (!Exists) return false;
        if (Element.ValueKind is not (JsonValueKind.True or JsonValueKind.False)) throw Error("is not true or false");
        return Element.GetBoolean();
    }

    public long? Integer(long min = long.MinValue, long max = long.MaxValue)
    {
        if (!Exists) return null;
        Expect(JsonValueKind.Number, "a number");
        if (!Element.TryGetInt64(out long value)) throw Error($"is not a whole number between {min} and {max}");
        return value >= min && value <= max ? value : throw Error($"is {value}, not between {min} and {max}");
    }

    public ulong? Unsigned()
    {
        if (!Exists) return null;
        Expect(JsonValueKind.Number, "a number");
        return Element.TryGetUInt64(out ulong value) ? value : throw Error("is not a whole number from 0");
    }

    public uint Id() => (uint)(Integer(0, uint.MaxValue) ?? 0);

    public IReadOnlyList<string> Texts() => List(static node => node.Text() ?? throw node.Error("is null"));

    public IReadOnlyList<T> List<T>(Func<SpecNode, T> read)
    {
        if (!Exists) return [];
        Expect(JsonValueKind.Array, "an array");
        List<T> items = new(Element.GetArrayLength());
        int index = 0;
        foreach (JsonElement item in Element.EnumerateArray()) items.Add(read(new SpecNode(item, $"{Path}[{index++}]")));
        return items;
    }

    public IReadOnlyDictionary<string, string> Map()
    {
        Dictionary<string, string> map = [];
        if (!Exists) return map;
        Expect(JsonValueKind.Object, "an object");
        foreach (JsonProperty member in Element.EnumerateObject())
            map[member.Name] = new SpecNode(member.Value, Join(member.Name)).Text() ?? "";
        return map;
    }

    public SpecException Error(string what) => new($"{(Path.Length == 0 ? "the document" : Path)}: {what}");

    private string Join(string name) => Path.Length == 0 ? name : $"{Path}.{name}";

    private void Expect(JsonValueKind kind, string name)
    {
        if (Element.ValueKind != kind) throw Error($"is not {name}");
    }
}
