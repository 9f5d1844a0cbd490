using Sampan.Linux.Namespaces;

namespace Sampan.Runtime.Plan;

/// <summary>An existing namespace, open as a descriptor, that the child enters.</summary>
public sealed record JoinedNamespace(NamespaceKind Kind, int Descriptor, string Path)
{
    public string Description => $"{Path}, {Kind}";
}
