using Sampan.Images.Archive;
using Sampan.Images.Layout;

namespace Sampan.Images.Content;

/// <summary>Which image of an index for several platforms is meant.</summary>
internal static class PlatformChoice
{
    /// <param name="json">An OCI index or docker's manifest list.</param>
    /// <returns>The descriptor of an image's manifest, or of a further index.</returns>
    /// <exception cref="ImageException">None fits; the message lists what there is.</exception>
    public static Descriptor Choose(byte[] json, Platform wanted)
    {
        JsonValue root = JsonValue.Parse(json, "index");
        if (!root.Has("manifests")) throw new ImageException("index without manifests");
        if (root.Has("layers") || root.Has("config")) throw new ImageException("index that is a manifest too");
        Descriptor? best = null;
        int bestRank = int.MaxValue;
        List<string> others = [];
        foreach (JsonValue item in root.Objects("manifests"))
        {
            Descriptor descriptor = Descriptor.Read(item);
            Platform? offered = item.Object("platform") is { } platform ? Platform.Of(platform) : null;
            if (offered is { OperatingSystem: "unknown" }) continue; // signatures and build records
            int rank = offered is null ? int.MaxValue - 1 : Rank(wanted, offered);
            if (rank < bestRank) (best, bestRank) = (descriptor, rank);
            if (offered is not null && rank == int.MaxValue) others.Add(offered.ToString());
        }
        return best ?? throw new ImageException(others.Count == 0 ? "no image in the index"
            : $"no image for {wanted}; there is: {ImageException.Printable(string.Join(", ", others.Distinct()))}");
    }

    /// <summary>0 is best, <see cref="int.MaxValue"/> can not run. An ARM processor runs what was made for older ones of its kind.</summary>
    public static int Rank(Platform wanted, Platform offered)
    {
        if (wanted.OperatingSystem != offered.OperatingSystem || wanted.Architecture != offered.Architecture) return int.MaxValue;
        string want = Default(wanted.Architecture, wanted.Variant), have = Default(offered.Architecture, offered.Variant);
        if (want == have) return 0;
        if (wanted.Architecture == "arm" && want is ['v', var w] && have is ['v', var h] && h < w) return w - h;
        // of amd64 and others, one without a level is the least that was asked for
        return wanted.Architecture != "arm" && have.Length == 0 ? 1 : int.MaxValue;
    }

    private static string Default(string architecture, string variant) => (architecture, variant) switch
    {
        ("arm", "") => "v7",
        ("arm64", "") => "v8",
        ("amd64", "v1") => "",
        _ => variant,
    };
}
