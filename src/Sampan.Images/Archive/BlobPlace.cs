namespace Sampan.Images.Archive;

/// <summary>Bytes of an archive that are a file as it is.</summary>
internal readonly record struct BlobPlace(long Offset, long Length);
