namespace Sampan.Linux.Processes;

/// <summary>Flags of clone3(2), unshare(2) and setns(2).</summary>
[Flags]
public enum CloneFlags : ulong
{
    None = 0,
    NewTime = 0x80,
    Vm = 0x100,
    PidFd = 0x1000,
    Parent = 0x8000,
    NewMount = 0x20000,
    NewCgroup = 0x02000000,
    NewUts = 0x04000000,
    NewIpc = 0x08000000,
    NewUser = 0x10000000,
    NewPid = 0x20000000,
    NewNetwork = 0x40000000,
    ClearSignalHandlers = 0x1_0000_0000,
    IntoCgroup = 0x2_0000_0000,
}
