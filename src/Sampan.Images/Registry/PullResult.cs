using Sampan.Images.Content;

namespace Sampan.Images.Registry;

/// <summary>What a pull has brought.</summary>
/// <param name="Digest">Under which the registry knows it; of an index for several platforms, that of the index.</param>
/// <param name="IsNew">False where it was here already.</param>
public sealed record PullResult(StoredImage Image, string Digest, bool IsNew);
