namespace Sampan.Linux.Seccomp;

/// <summary>What the kernel does with a call, seccomp(2); the value is the filter's return value without its data.</summary>
public enum SeccompAction : uint
{
    KillThread = 0x00000000,
    Trap = 0x00030000,
    Errno = 0x00050000,
    Notify = 0x7fc00000,
    Trace = 0x7ff00000,
    Log = 0x7ffc0000,
    Allow = 0x7fff0000,
    KillProcess = 0x80000000,
}
