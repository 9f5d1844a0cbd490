using Sampan.Images.Archive;
using Sampan.Images.Digests;

namespace Sampan.Images.Content;

/// <summary>The kept blobs as the files of an image, named by their digits.</summary>
internal sealed class ContentSource(BlobStore blobs) : IBlobSource
{
    public Stream? TryOpen(string name) => Digest.IsHex(name) ? blobs.TryOpen(name) : null;

    /// <summary>What there is to unpack of an image. The blobs' own digests were checked when they came, and what is in them has to match
    /// the configuration: they are not read once more.</summary>
    public static ImageContent ContentOf(ImageManifest manifest, byte[] config) => ImageContent.Of(config, manifest.Config.Digest, [],
        [.. manifest.Layers.Select(layer => new LayerBlob(layer.Hex, null, layer.SizeBytes))]);

    public void Dispose()
    {
    }
}
