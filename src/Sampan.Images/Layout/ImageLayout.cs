using Sampan.Images.Archive;
using Sampan.Images.Digests;

namespace Sampan.Images.Layout;

/// <summary>The OCI image layout: index.json, manifests and blobs by digest.</summary>
internal sealed class ImageLayout
{
    public const string IndexName = "index.json";
    private const int MaxDepth = 4;
    private const int MaxDescriptors = 1000;
    private readonly IBlobSource _source;
    private readonly List<Candidate> _candidates = [];
    private int _descriptors;

    private ImageLayout(IBlobSource source) => _source = source;

    /// <param name="wanted">Which image, by name or digest, where there are several.</param>
    public static ImageContent Read(IBlobSource source, Platform platform, string? wanted)
    {
        ImageLayout layout = new(source);
        layout.Collect(JsonValue.Parse(SmallBlob.Read(source, IndexName), IndexName), "", 0);
        return layout.Choose(platform, wanted);
    }

    private ImageContent Choose(Platform platform, string? wanted)
    {
        List<(string, IReadOnlyList<string>, ImageContent)> offers = [];
        List<string> others = [];
        Dictionary<string, ImageContent> read = [];
        HashSet<string> named = [];
        foreach (Candidate candidate in _candidates)
        {
            // without a platform asked for, an only image is taken as it is: what it can not run says so then
            bool isAny = _candidates.Count == 1 && !platform.IsExplicit;
            if (!isAny && candidate.Platform is { } known && !platform.Matches(known))
            {
                others.Add(known.ToString());
                continue;
            }
            if (!read.TryGetValue(candidate.Hex, out ImageContent? image)) read[candidate.Hex] = image = ReadManifest(candidate);
            Platform offered = candidate.Platform ?? Platform.Of(image.Parsed);
            if (!isAny && !platform.Matches(offered)) others.Add(offered.ToString());
            // of several variants under one name the first is meant
            else if (candidate.Name.Length == 0 || named.Add(candidate.Name)) offers.Add((candidate.Hex, image.Names, image));
        }
        if (offers.Count == 0 && others.Count > 0)
            throw new ImageException($"no image for {platform}; there is: {ImageException.Printable(string.Join(", ", others.Distinct()))}");
        return ImageChoice.Choose(offers, wanted);
    }

    private void Collect(JsonValue index, string name, int depth)
    {
        if (depth > MaxDepth) throw new ImageException($"image indexes are nested deeper than {MaxDepth}");
        if (!index.Has("manifests")) throw new ImageException("index without manifests");
        // CVE-2021-41190: one text must not be an index to some and an image to others
        if (index.Has("layers") || index.Has("config")) throw new ImageException("index that is a manifest too");
        foreach (JsonValue item in index.Objects("manifests"))
        {
            if (++_descriptors > MaxDescriptors) throw new ImageException($"more than {MaxDescriptors} manifests in the index");
            string hex = Digest.HexOf(item.Text("digest"));
            string itemName = NameOf(item) is { Length: > 0 } own ? own : name;
            if (MediaType.IsIndex(item.Text("mediaType")))
            {
                Collect(ReadBlob(hex, MediaType.IsIndex), itemName, depth + 1);
                continue;
            }
            Platform? platform = item.Object("platform") is { } p ? Platform.Of(p) : null;
            // signatures and build records stand beside the images as "unknown/unknown"
            if (platform is { OperatingSystem: "unknown" }) continue;
            _candidates.Add(new Candidate(hex, itemName, platform));
        }
    }

    private static string NameOf(JsonValue descriptor)
    {
        if (descriptor.Object("annotations") is not { } annotations) return "";
        string full = annotations.Text("io.containerd.image.name");
        return full.Length > 0 ? full : annotations.Text("org.opencontainers.image.ref.name");
    }

    private static string PathOf(string hex) => $"blobs/sha256/{hex}";

    private JsonValue ReadBlob(string hex, Predicate<string> isExpected)
    {
        JsonValue blob = JsonValue.Parse(SmallBlob.Read(_source, PathOf(hex), hex), PathOf(hex));
        string mediaType = blob.Text("mediaType");
        if (mediaType.Length > 0 && !isExpected(mediaType))
            throw new ImageException($"{PathOf(hex)}: says that it is '{ImageException.Printable(mediaType)}', not what refers to it says");
        return blob;
    }

    private ImageContent ReadManifest(Candidate candidate)
    {
        JsonValue manifest = ReadBlob(candidate.Hex, MediaType.IsManifest);
        if (manifest.Object("config") is not { } config || !manifest.Has("layers")) throw new ImageException("manifest without config or layers");
        if (manifest.Has("manifests")) throw new ImageException("manifest that is an index too");
        string configHex = Digest.HexOf(config.Text("digest"));
        List<LayerBlob> layers = [];
        foreach (JsonValue layer in manifest.Objects("layers"))
        {
            string hex = Digest.HexOf(layer.Text("digest"));
            string mediaType = layer.Text("mediaType");
            if (!MediaType.IsLayer(mediaType))
                throw new ImageException($"layer sha256:{hex} is of the kind '{ImageException.Printable(mediaType)}', not an archive of files");
            layers.Add(new LayerBlob(PathOf(hex), hex, layer.Number("size"), MediaType.IsForeign(mediaType)));
        }
        return ImageContent.Of(SmallBlob.Read(_source, PathOf(configHex), configHex), PathOf(configHex),
            candidate.Name.Length > 0 ? [candidate.Name] : [], layers);
    }

    private sealed record Candidate(string Hex, string Name, Platform? Platform);
}
