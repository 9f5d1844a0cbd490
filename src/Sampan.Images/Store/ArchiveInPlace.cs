namespace Sampan.Images.Store;

/// <summary>An uncompressed archive whose layers can stay where they are.</summary>
/// <param name="Path">Absolute.</param>
/// <param name="Identity">Before anything of it was read.</param>
/// <param name="Length">In bytes.</param>
internal sealed record ArchiveInPlace(string Path, string Identity, long Length);
