using Sampan.Images.Archive;

namespace Sampan.Images.Content;

/// <summary>An image that was pulled or loaded and is kept until it is removed.</summary>
public sealed class StoredImage
{
    internal StoredImage(Descriptor descriptor, ImageManifest manifest) => (ManifestDescriptor, Manifest) = (descriptor, manifest);

    /// <summary><c>sha256:</c> and the digest of the image's configuration.</summary>
    public required string Id { get; init; }

    /// <summary>In full, <c>docker.io/library/busybox:latest</c>.</summary>
    public required IReadOnlyList<string> Names { get; init; }

    /// <summary><c>docker.io/library/busybox@sha256:…</c>, as registries know it.</summary>
    public required IReadOnlyList<string> RepositoryDigests { get; init; }

    public required ImageConfig Config { get; init; }

    /// <summary>The configuration's own bytes.</summary>
    public required byte[] ConfigJson { get; init; }

    /// <summary>Sum of the layers as they came, most often compressed.</summary>
    public long StoredBytes => Manifest.Layers.Sum(layer => layer.SizeBytes);

    /// <summary>Of each layer as it came, bottom first.</summary>
    public IReadOnlyList<long> LayerBytes => [.. Manifest.Layers.Select(layer => layer.SizeBytes)];

    public string ManifestDigest => ManifestDescriptor.Digest;

    /// <summary>Whether it can be taken where <paramref name="platform"/> was asked for, os/architecture[/variant]; null is any.</summary>
    public bool IsFor(string? platform) =>
        platform is null || PlatformChoice.Rank(Layout.Platform.Parse(platform), Layout.Platform.Of(Config)) != int.MaxValue;

    internal Descriptor ManifestDescriptor { get; }

    internal ImageManifest Manifest { get; }

    /// <summary>The layers' diffIDs, <c>sha256:…</c>, bottom first.</summary>
    public IReadOnlyList<string> DiffIds => JsonValue.Parse(ConfigJson, Id).Object("rootfs")?.Texts("diff_ids") ?? [];
}
