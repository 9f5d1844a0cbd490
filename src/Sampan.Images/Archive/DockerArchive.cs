using Sampan.Images.Digests;

namespace Sampan.Images.Archive;

/// <summary>The manifest.json of <c>docker save</c>, old layout and new.</summary>
internal static class DockerArchive
{
    public const string ManifestName = "manifest.json";

    /// <param name="wanted">Which image, by name or id, where there are several.</param>
    public static ImageContent Read(IBlobSource source, string? wanted)
    {
        List<(string, IReadOnlyList<string>, JsonValue)> offers = [];
        foreach (JsonValue item in JsonValue.ParseList(SmallBlob.Read(source, ManifestName), ManifestName))
            offers.Add((HexOf(source, item.Text("Config")), item.Texts("RepoTags"), item));
        JsonValue chosen = ImageChoice.Choose(offers, wanted);
        string configName = chosen.Text("Config");
        byte[] config = SmallBlob.Read(source, configName, HexIn(configName));
        List<LayerBlob> layers = chosen.Texts("Layers").ConvertAll(name => new LayerBlob(name, null, null));
        return ImageContent.Of(config, configName, chosen.Texts("RepoTags"), layers);
    }

    private static string HexOf(IBlobSource source, string configName) => HexIn(configName) ?? Sha256.HexOf(SmallBlob.Read(source, configName));

    /// <summary>The file is named by its digest in every version since docker 1.10; null where it is not.</summary>
    private static string? HexIn(string configName)
    {
        string stem = Path.GetFileNameWithoutExtension(configName);
        return Digest.IsHex(stem) ? stem : null;
    }
}
