using Sampan.Linux.Namespaces;

namespace Sampan.Runtime.Plan;

/// <summary>An existing namespace, open as a descriptor, that the container lives in.</summary>
public sealed record JoinedNamespace(NamespaceKind Kind, int Descriptor, string Path)
{
    /// <summary>
    /// Entered by the child itself. All others are entered by the parent's thread before the clone: a child in a new user
    /// namespace has no right any more to enter those of the host, and a pid namespace is entered by later children only.
    /// </summary>
    public bool ByChild => Kind is NamespaceKind.User or NamespaceKind.Mount or NamespaceKind.Time;

    public string Description => $"{Path}, {Kind}";
}
