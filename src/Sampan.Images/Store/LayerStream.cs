using Sampan.Images.Archive;
using Sampan.Images.Digests;

namespace Sampan.Images.Store;

/// <summary>A layer on its way into the store.</summary>
internal static class LayerStream
{
    /// <summary>The layer as stored, its size and digest checked where the manifest gives them.</summary>
    public static Stream Open(IBlobSource source, LayerBlob blob, string hex)
    {
        Stream stored = source.TryOpen(blob.Name) ?? throw Missing(blob);
        if (blob.SizeBytes is { } size && size != stored.Length)
            throw new ImageException($"layer {blob.Name}: {stored.Length} bytes, the manifest says {size}");
        // one that is not compressed gets the same digest checked while it is unpacked
        if (blob.Hex is null || blob.Hex == hex) return stored;
        Sha256 hash = new();
        byte[] buffer = new byte[256 * 1024];
        int count;
        while ((count = stored.Read(buffer)) > 0) hash.Append(buffer.AsSpan(0, count));
        if (hash.FinishHex() != blob.Hex) throw new ImageException($"layer {blob.Name} does not have the digest of its name");
        stored.Position = 0;
        return stored;
    }

    private static ImageException Missing(LayerBlob blob) => new(blob.IsForeign
        ? $"layer {blob.Name} is a foreign layer, which the archive leaves out; hint: make the archive with the foreign layers in it"
        : $"layer '{ImageException.Printable(blob.Name)}' is missing");
}
