namespace Sampan.Runtime.Spec;

/// <summary><c>linux.intelRdt</c>, runtime-spec config-linux.md "IntelRdt".</summary>
/// <param name="ClosId">The class of service; null names it by the container's id.</param>
/// <param name="Schemata">All lines, in the order of writing: those of <c>schemata</c> come last.</param>
public sealed record IntelRdtSpec(string? ClosId, IReadOnlyList<string> Schemata, bool EnableMonitoring);
