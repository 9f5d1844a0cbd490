using Sampan.Linux.Capabilities;
using Sampan.Linux.Namespaces;
using Sampan.Runtime.Spec;

namespace Sampan.Runtime.Lifecycle;

/// <summary>Capabilities that a configuration has and a process will not: there is no such one here, or the caller himself lacks it.</summary>
internal static class LackingCapabilities
{
    public static void Warn(ContainerSpec spec, ProcessSpec? process)
    {
        if (process?.Capabilities is not { } sets) return;
        CapabilitySet? available = spec.Has(NamespaceKind.User) ? null : ProcessCapabilities.Current().Permitted;
        IReadOnlyList<string> lacking = sets.Lacking(available);
        if (lacking.Count > 0) Warnings.Say($"ignoring unknown or unavailable capabilities: [{string.Join(' ', lacking)}]");
    }
}
