using Sampan.Images.Digests;

namespace Sampan.Images.Archive;

/// <summary>The JSON files of an image: read whole, bounded, checked against their digest.</summary>
internal static class SmallBlob
{
    private const int MaxBytes = 8 * 1024 * 1024;

    /// <param name="expectedHex">The digest that it must have; null where none is known.</param>
    public static byte[] Read(IBlobSource source, string name, string? expectedHex = null)
    {
        using Stream stream = source.TryOpen(name) ?? throw new ImageException($"'{ImageException.Printable(name)}' is missing");
        if (stream.Length > MaxBytes) throw new ImageException($"'{ImageException.Printable(name)}' is larger than {MaxBytes} bytes");
        byte[] bytes = new byte[stream.Length];
        stream.ReadExactly(bytes);
        if (expectedHex is not null && Sha256.HexOf(bytes) != expectedHex)
            throw new ImageException($"'{ImageException.Printable(name)}' does not have the digest sha256:{expectedHex}");
        return bytes;
    }
}
