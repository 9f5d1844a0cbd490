namespace Sampan.Linux.Seccomp;

/// <summary>What happens to these calls when all conditions hold.</summary>
/// <param name="Names">System calls by name; those an architecture does not have are skipped.</param>
/// <param name="ErrnoReturn">The error for Errno, the message for Trace; null is EPERM, whatever the profile's default error is.</param>
/// <param name="Conditions">All must hold; several for one argument are alternatives, as libseccomp's users have it.</param>
public sealed record SeccompRule(IReadOnlyList<string> Names, SeccompAction Action, uint? ErrnoReturn,
    IReadOnlyList<SeccompCondition> Conditions);
