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
            try
            {
                return new SpecNode(Element.TryGetProperty(name, out JsonElement member) ? member : default, Join(name));
            }
            catch (InvalidOperationException)
            {
                throw Error("has a member whose name is not valid Unicode"); // of those that are compared with this one
            }
        }
    }

    public string? Text()
    {
        if (!Exists) return null;
        Expect(JsonValueKind.String, "a string");
        try
        {
            string text = Element.GetString()!;
            return text.Contains('\0') ? throw Error("contains a NUL character") : text;
        }
        catch (InvalidOperationException)
        {
            throw Error("is not valid Unicode"); // half of a surrogate pair, or bytes that are not UTF-8
        }
    }

    public string RequiredText()
    {
        string? text = Text();
        return string.IsNullOrEmpty(text) ? throw Error("is missing") : text;
    }

    /// <summary>A word that must be one of a set.</summary>
    public T Choice<T>(string kind, Func<string, T?> find)
        where T : struct
    {
        string text = RequiredText();
        return find(text) ?? throw Error($"is {text}, not {kind}");
    }

    public string AbsolutePath()
    {
        string path = RequiredText();
        return path.StartsWith('/') ? path : throw Error($"is {path}, not an absolute path");
    }

    public bool Flag()
    {
        if (!Exists) return false;
        if (Element.ValueKind is not (JsonValueKind.True or JsonValueKind.False)) throw Error("is not true or false");
        return Element.GetBoolean();
    }

    public bool RequiredFlag() => Exists ? Flag() : throw Error("is missing");

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

    public long RequiredInteger(long min, long max) => Integer(min, max) ?? throw Error("is missing");

    /// <summary>A user's or group's; 4294967295 is -1 for the kernel, which leaves an id as it is.</summary>
    public uint Id() => (uint)(Integer(0, uint.MaxValue - 1) ?? 0);

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

    public IReadOnlyDictionary<string, string> Map() => Map(static node => node.Text() ?? "");

    public IReadOnlyDictionary<string, T> Map<T>(Func<SpecNode, T> read)
    {
        Dictionary<string, T> map = [];
        if (!Exists) return map;
        Expect(JsonValueKind.Object, "an object");
        foreach (JsonProperty member in Element.EnumerateObject())
        {
            string name = NameOf(member);
            map[name] = read(new SpecNode(member.Value, Join(name)));
        }
        return map;
    }

    /// <summary>One line, whatever the configuration contains.</summary>
    public SpecException Error(string what)
    {
        string message = $"{(Path.Length == 0 ? "the document" : Path)}: {what}";
        return new SpecException(string.Create(message.Length, message, static (line, text) =>
        {
            for (int i = 0; i < text.Length; i++) line[i] = char.IsControl(text[i]) || text[i] is '\u2028' or '\u2029' ? '?' : text[i];
        }));
    }

    private string NameOf(JsonProperty member)
    {
        try
        {
            return member.Name;
        }
        catch (InvalidOperationException)
        {
            throw Error("has a member whose name is not valid Unicode");
        }
    }

    private string Join(string name) => Path.Length == 0 ? name : $"{Path}.{name}";

    private void Expect(JsonValueKind kind, string name)
    {
        if (Element.ValueKind != kind) throw Error($"is not {name}");
    }
}
