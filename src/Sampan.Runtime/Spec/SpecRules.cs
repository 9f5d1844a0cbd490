using Sampan.Linux.Namespaces;

namespace Sampan.Runtime.Spec;

/// <summary>What fields of a configuration demand of each other: checked before anything is made.</summary>
internal static class SpecRules
{
    public static void Check(ContainerSpec spec, SpecNode root)
    {
        SpecNode linux = root["linux"];
        Need(NamespaceKind.Uts, !string.IsNullOrEmpty(spec.Hostname), root["hostname"], "uts");
        Need(NamespaceKind.Uts, !string.IsNullOrEmpty(spec.DomainName), root["domainname"], "uts");
        Need(NamespaceKind.Network, spec.NetworkDevices.Count > 0, linux["netDevices"], "network");
        Need(NamespaceKind.Mount, spec.Mounts.Count > 0, root["mounts"], "mount");
        Need(NamespaceKind.Mount, spec.MaskedPaths.Count > 0, linux["maskedPaths"], "mount");
        Need(NamespaceKind.Mount, spec.ReadOnlyPaths.Count > 0, linux["readonlyPaths"], "mount");
        Need(NamespaceKind.Mount, spec.RootReadOnly, root["root"]["readonly"], "mount");
        if (spec.TimeOffsets.Count > 0 && !spec.Makes(NamespaceKind.Time)) throw linux["timeOffsets"].Error("needs a new time namespace");
        if (spec.Makes(NamespaceKind.User))
        {
            if (spec.UidMappings.Count == 0) throw linux["uidMappings"].Error("is missing: a new user namespace needs maps");
            if (spec.GidMappings.Count == 0) throw linux["gidMappings"].Error("is missing: a new user namespace needs maps");
        }
        else if (!spec.Has(NamespaceKind.User))
        {
            if (spec.UidMappings.Count > 0) throw linux["uidMappings"].Error("needs a user namespace");
            if (spec.GidMappings.Count > 0) throw linux["gidMappings"].Error("needs a user namespace");
        }

        void Need(NamespaceKind kind, bool used, SpecNode node, string name)
        {
            if (used && !spec.Has(kind)) throw node.Error($"needs a {name} namespace");
        }
    }
}
