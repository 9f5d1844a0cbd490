using Sampan.Images.Digests;

namespace Sampan.Images.Archive;

/// <summary>One image found in an archive or layout, its JSON checked, before its layers are unpacked.</summary>
/// <param name="Config">The image configuration as it stands in the archive.</param>
/// <param name="Layers">The bottom layer first, one for each of <paramref name="DiffIds"/>.</param>
/// <param name="DiffIds">64 hexadecimal digits each.</param>
internal sealed record ImageContent(byte[] Config, ImageConfig Parsed, IReadOnlyList<string> Names, IReadOnlyList<LayerBlob> Layers, IReadOnlyList<string> DiffIds)
{
    public string ConfigHex { get; } = Sha256.HexOf(Config);

    /// <exception cref="ImageException">The configuration has the wrong shape, or does not speak of these layers.</exception>
    public static ImageContent Of(byte[] config, string configName, IReadOnlyList<string> names, IReadOnlyList<LayerBlob> layers)
    {
        JsonValue root = JsonValue.Parse(config, configName);
        List<string> diffIds = (root.Object("rootfs")?.Texts("diff_ids") ?? []).ConvertAll(Digest.HexOf);
        if (diffIds.Count != layers.Count) throw new ImageException($"{layers.Count} layers, but the configuration lists {diffIds.Count}");
        if (layers.Count == 0) throw new ImageException("the image has no layers");
        return new ImageContent(config, ImageConfig.Of(root), names, layers, diffIds);
    }
}
