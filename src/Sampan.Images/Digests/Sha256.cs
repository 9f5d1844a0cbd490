using Sampan.Linux.Digests;

namespace Sampan.Images.Digests;

/// <summary>SHA-256, FIPS 180-4. Not the framework's, which in a static program would load OpenSSL at run time.</summary>
public sealed class Sha256
{
    private readonly Sha256Context _context = new();

    /// <summary>The digest of <paramref name="bytes"/> as 64 lower-case hexadecimal digits.</summary>
    public static string HexOf(ReadOnlySpan<byte> bytes)
    {
        Sha256 hash = new();
        hash.Append(bytes);
        return hash.FinishHex();
    }

    public void Append(ReadOnlySpan<byte> bytes) => _context.Append(bytes);

    /// <summary>Ends the message; the object is used up.</summary>
    public string FinishHex()
    {
        Span<byte> digest = stackalloc byte[Sha256Context.DigestBytes];
        _context.Finish(digest);
        return Convert.ToHexStringLower(digest);
    }
}
