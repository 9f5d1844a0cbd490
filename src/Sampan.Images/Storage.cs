namespace Sampan.Images;

/// <summary>How the store keeps the files of layers for containers.</summary>
public enum Storage
{
    /// <summary>Unpacked, one directory per layer, for overlayfs.</summary>
    Directory,

    /// <summary>As they came, as tars, with an EROFS index over all layers of an image: docs/decisions/090-images-are-mounted.md.</summary>
    Erofs,
}
