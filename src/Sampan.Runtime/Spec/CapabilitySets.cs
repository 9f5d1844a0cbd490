using Sampan.Linux.Capabilities;

namespace Sampan.Runtime.Spec;

/// <summary>The five sets of a process, capabilities(7).</summary>
public sealed record CapabilitySets(
    CapabilitySet Bounding,
    CapabilitySet Effective,
    CapabilitySet Permitted,
    CapabilitySet Inheritable,
    CapabilitySet Ambient)
{
    /// <summary>Names that no capability has.</summary>
    public IReadOnlyList<string> Unknown { get; init; } = [];

    /// <summary>Names of those that were asked for and can not be given, in all sets together; the unknown ones among them.</summary>
    /// <param name="available">Null is everything that the kernel knows.</param>
    public IReadOnlyList<string> Lacking(CapabilitySet? available)
    {
        CapabilitySet asked = Bounding.With(Effective).With(Permitted).With(Inheritable).With(Ambient);
        return [.. asked.Without(available ?? CapabilitySet.All).Select(static one => one.ToString()), .. Unknown];
    }

    /// <summary>
    /// What of them can be given at all: the specification asks runtimes not to fail for what the caller itself lacks.
    /// </summary>
    /// <param name="available">Null is everything.</param>
    public CapabilitySets Among(CapabilitySet? available) => available is not { } all ? this : new(
        Bounding.Intersect(all), Effective.Intersect(all), Permitted.Intersect(all), Inheritable.Intersect(all), Ambient.Intersect(all));
}
