using System.IO.Compression;

namespace Sampan.Images.Content;

/// <summary>Layers that are kept plain are sent compressed: made once, and remembered by the plain one's digest.</summary>
internal static class Compressed
{
    private const string PlainSuffix = ".tar";

    /// <summary>What was made before, or null.</summary>
    public static Descriptor? Find(NamedImages images, Descriptor plain)
    {
        string record = RecordOf(images, plain);
        if (!File.Exists(record) || File.ReadAllText(record).Split(' ') is not [var hex, var size]) return null;
        if (!Digests.Digest.IsHex(hex) || !long.TryParse(size, out long bytes)) return null;
        return images.Blobs.Has(hex, bytes) ? new Descriptor(TypeOf(plain), hex, bytes) : null;
    }

    /// <summary>The layer itself where it is compressed already.</summary>
    public static Descriptor Of(NamedImages images, Descriptor layer)
    {
        if (!IsPlain(images, layer)) return layer;
        using Sampan.Linux.Files.FileLock one = images.Blobs.Lock(layer.Hex);
        if (Find(images, layer) is { } known) return known;
        using FileStream plain = images.Blobs.TryOpen(layer.Hex)!;
        (string hex, long size) = images.Blobs.Write(output =>
        {
            using GZipStream gzip = new(output, CompressionLevel.Optimal, leaveOpen: true);
            plain.CopyTo(gzip, 256 * 1024);
        });
        string record = RecordOf(images, layer);
        Directory.CreateDirectory(Path.GetDirectoryName(record)!);
        File.WriteAllText(record + ".new", $"{hex} {size}");
        File.Move(record + ".new", record, overwrite: true);
        return new Descriptor(TypeOf(layer), hex, size);
    }

    // the first bytes decide: media types are often wrong
    private static bool IsPlain(NamedImages images, Descriptor layer)
    {
        using FileStream blob = images.Blobs.TryOpen(layer.Hex)
            ?? throw new ImageException($"layer {layer.Digest} is missing; hint: pull or load the image again");
        byte[] start = new byte[4];
        return !Layers.LayerCompression.IsCompressed(start.AsSpan(0, blob.ReadAtLeast(start, 4, throwOnEndOfStream: false)));
    }

    private static string TypeOf(Descriptor plain) => plain.MediaType.EndsWith(PlainSuffix, StringComparison.Ordinal)
        ? plain.MediaType + (plain.MediaType.Contains(".docker.", StringComparison.Ordinal) ? ".gzip" : "+gzip") : plain.MediaType;

    private static string RecordOf(NamedImages images, Descriptor plain) => Path.Join(images.Directory, "compressed", plain.Hex);
}
