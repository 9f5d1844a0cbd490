namespace Sampan.Images.Digests;

/// <summary>Digests as OCI writes them: <c>sha256:</c> and 64 lower-case hexadecimal digits.</summary>
internal static class Digest
{
    private const string Prefix = "sha256:";
    private static readonly System.Buffers.SearchValues<char> HexDigits = System.Buffers.SearchValues.Create("0123456789abcdef");

    /// <summary>The hexadecimal part; refuses any other form, so that the result is a safe file name.</summary>
    public static string HexOf(string digest)
    {
        if (digest.StartsWith(Prefix, StringComparison.Ordinal) && IsHex(digest.AsSpan(Prefix.Length))) return digest[Prefix.Length..];
        throw new ImageException($"not a sha256 digest: '{ImageException.Printable(digest)}'");
    }

    public static bool IsHex(ReadOnlySpan<char> text) => text.Length == 64 && !text.ContainsAnyExcept(HexDigits);
}
