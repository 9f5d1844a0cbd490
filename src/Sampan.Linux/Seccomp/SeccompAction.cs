namespace Sampan.Linux.Seccomp;

/// <summary>What the kernel does with a call, seccomp(2); the value is the filter's return value without its data.</summary>
public enum SeccompAction : uint
{
    [C("SECCOMP_RET_KILL_THREAD")] KillThread = 0x00000000,
    [C("SECCOMP_RET_TRAP")] Trap = 0x00030000,
    [C("SECCOMP_RET_ERRNO")] Errno = 0x00050000,
    [C("SECCOMP_RET_USER_NOTIF")] Notify = 0x7fc00000,
    [C("SECCOMP_RET_TRACE")] Trace = 0x7ff00000,
    [C("SECCOMP_RET_LOG")] Log = 0x7ffc0000,
    [C("SECCOMP_RET_ALLOW")] Allow = 0x7fff0000,
    [C("SECCOMP_RET_KILL_PROCESS")] KillProcess = 0x80000000,
}
