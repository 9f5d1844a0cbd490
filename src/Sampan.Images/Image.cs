namespace Sampan.Images;

/// <summary>An image that is in the store, unpacked or with an index.</summary>
public sealed record Image
{
    /// <summary><c>sha256:</c> and the digest of the image's configuration.</summary>
    public required string Id { get; init; }

    public required IReadOnlyList<string> Names { get; init; }

    public required ImageConfig Config { get; init; }

    /// <summary>Absolute paths, the bottom layer first; empty where they are not all unpacked.</summary>
    public required IReadOnlyList<string> LayerDirectories { get; init; }

    /// <summary>Null where there is none.</summary>
    public ImageIndex? Index { get; init; }

    public required DateTimeOffset Created { get; init; }

    /// <summary>Sum of the layers' uncompressed archives.</summary>
    public required long SizeBytes { get; init; }
}
