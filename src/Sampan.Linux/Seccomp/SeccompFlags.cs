namespace Sampan.Linux.Seccomp;

/// <summary>Flags of SECCOMP_SET_MODE_FILTER, seccomp(2).</summary>
[Flags]
public enum SeccompFlags : uint
{
    None = 0,
    ThreadSync = 1,
    Log = 2,
    SpeculationAllow = 4,
    NewListener = 8,
    ThreadSyncEsrch = 16,
    WaitKillable = 32,
}
