using System.Text.Json;
using Sampan.Images.Archive;
using Sampan.Images.Digests;

namespace Sampan.Images.Layout;

/// <summary>The OCI image layout: index.json, manifests and blobs by digest.</summary>
internal static class ImageLayout
{
    private const int MaxDepth = 4;

    public static ImageContent Read(IBlobSource source, Platform platform)
    {
        List<Candidate> candidates = [];
        Collect(source, BlobText.Read(source, "index.json"), "", 0, candidates);
        List<string> present = [];
        foreach (Candidate candidate in candidates)
        {
            Platform? offered = candidate.Platform;
            ImageContent image = ReadManifest(source, candidate);
            offered ??= Platform.OfConfig(image.Config);
            // without a platform asked for, an only image is taken as it is: what it can not run says so then
            if (platform.Matches(offered) || (candidates.Count == 1 && !platform.IsExplicit)) return image;
            present.Add(offered.ToString());
        }
        throw new ImageException($"no image for {platform}; there is: {(present.Count == 0 ? "none" : string.Join(", ", present))}");
    }

    private static void Collect(IBlobSource source, byte[] index, string name, int depth, List<Candidate> into)
    {
        if (depth > MaxDepth) throw new ImageException($"image indexes are nested deeper than {MaxDepth}");
        using JsonDocument document = JsonDocument.Parse(index);
        if (!document.RootElement.TryGetProperty("manifests", out JsonElement manifests)) throw new ImageException("index without manifests");
        foreach (JsonElement item in manifests.EnumerateArray())
        {
            if (into.Count >= 1000) throw new ImageException("more than 1000 manifests in the index");
            string hex = Digest.HexOf(BlobText.Text(item, "digest"));
            string itemName = NameOf(item) is { Length: > 0 } own ? own : name;
            if (BlobText.Text(item, "mediaType") is "application/vnd.oci.image.index.v1+json"
                or "application/vnd.docker.distribution.manifest.list.v2+json")
            {
                Collect(source, BlobText.Read(source, $"blobs/sha256/{hex}", hex), itemName, depth + 1, into);
                continue;
            }
            Platform? platform = item.TryGetProperty("platform", out JsonElement p) ? Platform.Of(p) : null;
            // signatures and build records stand beside the images as "unknown/unknown"
            if (platform is { OperatingSystem: "unknown" }) continue;
            into.Add(new Candidate(hex, itemName, platform));
        }
    }

    private static string NameOf(JsonElement descriptor)
    {
        if (!descriptor.TryGetProperty("annotations", out JsonElement annotations)) return "";
        string full = BlobText.Text(annotations, "io.containerd.image.name");
        return full.Length > 0 ? full : BlobText.Text(annotations, "org.opencontainers.image.ref.name");
    }

    private static ImageContent ReadManifest(IBlobSource source, Candidate candidate)
    {
        using JsonDocument manifest = JsonDocument.Parse(BlobText.Read(source, $"blobs/sha256/{candidate.Hex}", candidate.Hex));
        if (!manifest.RootElement.TryGetProperty("config", out JsonElement configDescriptor)
            || !manifest.RootElement.TryGetProperty("layers", out JsonElement layerDescriptors))
            throw new ImageException("manifest without config or layers");
        string configHex = Digest.HexOf(BlobText.Text(configDescriptor, "digest"));
        byte[] config = BlobText.Read(source, $"blobs/sha256/{configHex}", configHex);
        List<LayerBlob> layers = [];
        foreach (JsonElement layer in layerDescriptors.EnumerateArray())
        {
            string hex = Digest.HexOf(BlobText.Text(layer, "digest"));
            layers.Add(new LayerBlob($"blobs/sha256/{hex}", hex, layer.GetProperty("size").GetInt64()));
        }
        return new ImageContent(config, configHex, candidate.Name.Length > 0 ? [candidate.Name] : [], layers);
    }

    private sealed record Candidate(string Hex, string Name, Platform? Platform);
}
