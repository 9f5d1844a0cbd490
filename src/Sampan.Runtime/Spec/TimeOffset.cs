namespace Sampan.Runtime.Spec;

/// <summary>How far a clock of a time namespace is from the machine's, time_namespaces(7).</summary>
/// <param name="Clock"><c>monotonic</c> or <c>boottime</c>.</param>
public sealed record TimeOffset(string Clock, long Seconds, uint Nanoseconds)
{
    public override string ToString() => $"{Clock} {Seconds} {Nanoseconds}";
}
