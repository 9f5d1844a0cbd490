using System.Text.Json;
using Sampan.Images.Digests;

namespace Sampan.Images.Archive;

/// <summary>The manifest.json of <c>docker save</c>, old layout and new.</summary>
internal static class DockerArchive
{
    public static IReadOnlyList<ImageContent> Read(IBlobSource source)
    {
        List<ImageContent> images = [];
        using JsonDocument manifest = JsonDocument.Parse(BlobText.Read(source, "manifest.json"));
        foreach (JsonElement item in manifest.RootElement.EnumerateArray())
        {
            string configName = BlobText.Text(item, "Config");
            string stem = Path.GetFileNameWithoutExtension(configName);
            // the file is named by its digest in every version since docker 1.10
            byte[] config = BlobText.Read(source, configName, Digest.IsHex(stem) ? stem : null);
            List<LayerBlob> layers = [];
            foreach (string layer in BlobText.Texts(item, "Layers")) layers.Add(new LayerBlob(layer, null, null));
            images.Add(new ImageContent(config, Sha256.HexOf(config), BlobText.Texts(item, "RepoTags"), layers));
        }
        return images.Count > 0 ? images : throw new ImageException("manifest.json names no image");
    }
}
