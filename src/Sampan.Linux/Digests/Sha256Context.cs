using System.Runtime.InteropServices;

namespace Sampan.Linux.Digests;

/// <summary>
/// SHA-256 as OpenSSL's libcrypto does it, with the processor's instructions for it where there are some, SHA256_Init(3). Only these
/// functions are linked into a program; nothing of the library is loaded at run time.
/// </summary>
public sealed unsafe partial class Sha256Context
{
    public const int DigestBytes = 32;
    private const int ContextBytes = 112; // sizeof(SHA256_CTX): of the library's interface, the same on every machine
    private readonly byte[] _context = new byte[ContextBytes];

    public Sha256Context()
    {
        fixed (byte* context = _context) _ = SHA256_Init(context);
    }

    public void Append(ReadOnlySpan<byte> bytes)
    {
        // sound: the library reads the bytes, and keeps no pointer to either
        fixed (byte* context = _context, start = bytes) _ = SHA256_Update(context, start, bytes.Length);
    }

    /// <summary>Ends the message; the object is used up.</summary>
    /// <param name="digest">32 bytes.</param>
    public void Finish(Span<byte> digest)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(digest.Length, DigestBytes);
        fixed (byte* context = _context, start = digest) _ = SHA256_Final(start, context);
    }

    [LibraryImport("libcrypto")]
    private static partial int SHA256_Init(byte* context);

    [LibraryImport("libcrypto")]
    private static partial int SHA256_Update(byte* context, byte* bytes, nint count);

    [LibraryImport("libcrypto")]
    private static partial int SHA256_Final(byte* digest, byte* context);
}
