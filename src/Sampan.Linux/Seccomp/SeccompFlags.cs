namespace Sampan.Linux.Seccomp;

/// <summary>Flags of SECCOMP_SET_MODE_FILTER, seccomp(2).</summary>
[Flags]
public enum SeccompFlags : uint
{
    None = 0,
    [C("SECCOMP_FILTER_FLAG_TSYNC")] ThreadSync = 1,
    [C("SECCOMP_FILTER_FLAG_LOG")] Log = 2,
    [C("SECCOMP_FILTER_FLAG_SPEC_ALLOW")] SpeculationAllow = 4,
    [C("SECCOMP_FILTER_FLAG_NEW_LISTENER")] NewListener = 8,
    [C("SECCOMP_FILTER_FLAG_TSYNC_ESRCH")] ThreadSyncEsrch = 16,
    [C("SECCOMP_FILTER_FLAG_WAIT_KILLABLE_RECV")] WaitKillable = 32,
}
