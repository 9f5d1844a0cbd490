namespace Sampan.Images.Layers.Unpack;

/// <summary>Names by which a layer takes away what the layers below have: OCI image specification, "Whiteouts".</summary>
internal static class Whiteout
{
    public const string Prefix = ".wh.";
    public const string OpaqueMarker = ".wh..wh..opq";

    /// <summary>Administration of aufs, which no builder writes any more.</summary>
    public static bool IsIgnored(string name) => name is ".wh..wh.plnk" or ".wh..wh.aufs" or ".wh..wh.orph";

    /// <summary>Whether one of a member's parents is such administration; any other whiteout as a parent is refused.</summary>
    public static bool IsBelowIgnored(UnpackPath path)
    {
        if (!path.Parent.Contains(Prefix, StringComparison.Ordinal)) return false;
        foreach (string part in path.Parent.Split('/'))
        {
            if (IsIgnored(part)) return true;
            if (part.StartsWith(Prefix, StringComparison.Ordinal))
                throw new ImageException($"'{ImageException.Printable(path.Full)}' lies below a whiteout");
        }
        return false;
    }

    /// <summary>The name that a whiteout hides.</summary>
    public static string HiddenBy(UnpackPath path)
    {
        string name = path.Name[Prefix.Length..];
        return name is "" or "." or ".." || name.StartsWith(Prefix, StringComparison.Ordinal)
            ? throw new ImageException($"'{ImageException.Printable(path.Full)}' is not a valid whiteout")
            : name;
    }
}
