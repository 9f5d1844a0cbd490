namespace Sampan.Images.Layers.Unpack;

/// <summary>A member's name as a clean relative path: no leading slash, no <c>.</c>, no <c>..</c>.</summary>
internal readonly record struct UnpackPath(string Parent, string Name)
{
    private const int MaxBytes = 4095;
    private const int MaxDepth = 256;

    public string Full => Parent.Length == 0 ? Name : $"{Parent}/{Name}";

    /// <summary>An empty name stands for the layer's root itself.</summary>
    public static UnpackPath Parse(string text)
    {
        if (text.Length > MaxBytes) throw new ImageException($"name of {text.Length} characters, limit {MaxBytes}");
        string[] parts = text.Split('/', StringSplitOptions.RemoveEmptyEntries);
        int count = 0;
        foreach (string part in parts)
        {
            if (part == ".") continue;
            if (part == "..") throw new ImageException($"'{ImageException.Printable(text)}' leads out of the layer");
            parts[count++] = part;
        }
        if (count > MaxDepth) throw new ImageException($"'{ImageException.Printable(text)}' is deeper than {MaxDepth} directories");
        return count == 0 ? new("", "") : new(string.Join('/', parts, 0, count - 1), parts[count - 1]);
    }
}
