namespace Sampan.Runtime.Spec;

/// <summary>Who decides on the calls of rules with <c>SCMP_ACT_NOTIFY</c>.</summary>
/// <param name="Path">A unix socket that listens.</param>
/// <param name="Metadata">Opaque text for the one behind it.</param>
public sealed record SeccompListener(string Path, string Metadata);
