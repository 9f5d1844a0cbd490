using Sampan.Linux.Capabilities;

namespace Sampan.Runtime.Spec;

/// <summary>The five sets of a process, capabilities(7).</summary>
public sealed record CapabilitySets(
    CapabilitySet Bounding,
    CapabilitySet Effective,
    CapabilitySet Permitted,
    CapabilitySet Inheritable,
    CapabilitySet Ambient);
