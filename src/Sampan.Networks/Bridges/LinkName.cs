namespace Sampan.Networks.Bridges;

/// <summary>Names of the host's ends of veth pairs.</summary>
internal static class LinkName
{
    /// <summary>14 characters (the kernel allows 15): <c>sp</c> and 48 bits of the text's FNV-1a hash.</summary>
    public static string For(string text)
    {
        ulong hash = 14695981039346656037;
        foreach (char c in text) hash = (hash ^ c) * 1099511628211;
        return $"sp{(hash >> 16):x12}";
    }
}
