namespace Sampan.Images.Content;

/// <summary>One line of the index of kept images: a manifest, and what it is called.</summary>
/// <param name="Name">In full, <c>docker.io/library/busybox:latest</c>; null where the image has lost its name, or came by digest.</param>
/// <param name="ConfigHex">The digits of the image's id: which manifests are one image can be seen without reading them.</param>
/// <param name="RepositoryDigests"><c>repository@digest</c>, under which registries know the image.</param>
internal sealed record IndexEntry(Descriptor Manifest, string ConfigHex, string? Name, IReadOnlyList<string> RepositoryDigests);
