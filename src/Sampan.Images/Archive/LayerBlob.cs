namespace Sampan.Images.Archive;

/// <summary>A layer's file; <paramref name="Hex"/> and <paramref name="SizeBytes"/> are of the blob as stored (OCI), null where unknown.</summary>
/// <param name="IsForeign">Its maker did not want it to be in archives: it may be missing.</param>
internal sealed record LayerBlob(string Name, string? Hex, long? SizeBytes, bool IsForeign = false);
