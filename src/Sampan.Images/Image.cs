namespace Sampan.Images;

/// <summary>An image whose layers are all unpacked in the store.</summary>
public sealed class Image
{
    /// <summary><c>sha256:</c> and the digest of the image's configuration.</summary>
    public required string Id { get; init; }

    public required IReadOnlyList<string> Names { get; init; }

    public required ImageConfig Config { get; init; }

    /// <summary>Absolute paths, the bottom layer first.</summary>
    public required IReadOnlyList<string> LayerDirectories { get; init; }

    public required DateTimeOffset Created { get; init; }

    /// <summary>Sum of the layers' uncompressed archives.</summary>
    public required long SizeBytes { get; init; }
}
