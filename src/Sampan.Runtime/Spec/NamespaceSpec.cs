using Sampan.Linux.Namespaces;

namespace Sampan.Runtime.Spec;

/// <summary>A namespace that the container has of its own.</summary>
/// <param name="Path">An existing one to join, or null for a new one.</param>
public sealed record NamespaceSpec(NamespaceKind Kind, string? Path = null);
