using System.IO.Compression;

namespace Sampan.Images.Layers;

/// <summary>Finds out by the first bytes how a stream is compressed; media types are often wrong.</summary>
internal static class LayerCompression
{
    /// <summary>The plain bytes of <paramref name="stream"/>, which must be seekable and at its start.</summary>
    public static Stream Decompress(Stream stream)
    {
        Span<byte> magic = stackalloc byte[4];
        int count = stream.ReadAtLeast(magic, 4, throwOnEndOfStream: false);
        stream.Position = 0;
        magic = magic[..count];
        if (magic.StartsWith((ReadOnlySpan<byte>)[0x1f, 0x8b])) return new GZipStream(stream, CompressionMode.Decompress);
        if (magic.SequenceEqual((ReadOnlySpan<byte>)[0x28, 0xb5, 0x2f, 0xfd]))
            throw new ImageException("zstd-compressed layer: not supported yet");
        return stream;
    }

    public static bool IsGzip(string path)
    {
        using FileStream file = File.OpenRead(path);
        return file.ReadByte() == 0x1f && file.ReadByte() == 0x8b;
    }
}
