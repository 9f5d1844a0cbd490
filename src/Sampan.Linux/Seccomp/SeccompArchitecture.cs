namespace Sampan.Linux.Seccomp;

/// <summary>The ways into an x86-64 kernel that a filter distinguishes. Filters for others are read and left out.</summary>
public enum SeccompArchitecture
{
    X86,
    X8664,
    X32,
    Other,
}
