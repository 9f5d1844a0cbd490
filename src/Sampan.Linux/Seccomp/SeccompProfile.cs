using Sampan.Linux.Errors;

namespace Sampan.Linux.Seccomp;

/// <summary>A system call policy as the OCI runtime specification describes it (config-linux.md, Seccomp).</summary>
/// <param name="DefaultAction">For calls that no rule matches.</param>
/// <param name="DefaultErrno">For the default action.</param>
/// <param name="Architectures">The machine's own is always included; calls by any other entry kill the process.</param>
public sealed record SeccompProfile(SeccompAction DefaultAction, Errno DefaultErrno,
    IReadOnlyList<SeccompArchitecture> Architectures, SeccompFlags Flags, IReadOnlyList<SeccompRule> Rules);
