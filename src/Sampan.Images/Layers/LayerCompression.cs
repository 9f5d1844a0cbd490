using System.Buffers.Binary;
using System.IO.Compression;
using ZstdSharp;
using ZstdSharp.Unsafe;

namespace Sampan.Images.Layers;

/// <summary>Finds out by the first bytes how a stream is compressed; media types are often wrong.</summary>
internal static class LayerCompression
{
    // RFC 8878 lets a frame ask for terabytes of memory; 128 MiB is what the zstd program itself writes and takes without being told
    private const int MaxWindowLog = 27;

    /// <summary>The plain bytes of <paramref name="stream"/>, which must be seekable and at its start.</summary>
    public static Stream Decompress(Stream stream)
    {
        Span<byte> magic = stackalloc byte[4];
        int count = stream.ReadAtLeast(magic, 4, throwOnEndOfStream: false);
        stream.Position = 0;
        if (IsGzip(magic[..count])) return new GZipStream(stream, CompressionMode.Decompress);
        if (!IsZstd(magic[..count])) return stream;
        DecompressionStream zstd = new(stream, leaveOpen: false);
        zstd.SetParameter(ZSTD_dParameter.ZSTD_d_windowLogMax, MaxWindowLog);
        return zstd;
    }

    public static bool IsCompressed(ReadOnlySpan<byte> start) => IsGzip(start) || IsZstd(start);

    private static bool IsGzip(ReadOnlySpan<byte> start) => start.StartsWith((ReadOnlySpan<byte>)[0x1f, 0x8b]);

    /// <summary>A frame, or a skippable frame, with which zstd:chunked and pzstd may begin.</summary>
    private static bool IsZstd(ReadOnlySpan<byte> start) =>
        start.Length >= 4 && BinaryPrimitives.ReadUInt32LittleEndian(start) is 0xfd2fb528 or (>= 0x184d2a50 and <= 0x184d2a5f);
}
