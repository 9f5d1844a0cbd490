namespace Sampan.Images.Archive;

/// <summary>A layer's file; <paramref name="Hex"/> and <paramref name="SizeBytes"/> are of the blob as stored (OCI), null where unknown.</summary>
internal sealed record LayerBlob(string Name, string? Hex, long? SizeBytes);
