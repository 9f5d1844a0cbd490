namespace Sampan.Linux.Processes;

/// <summary>Flags of clone3(2), unshare(2) and setns(2).</summary>
[Flags]
public enum CloneFlags : ulong
{
    None = 0,
    [C("CLONE_NEWTIME")] NewTime = 0x80,
    [C("CLONE_VM")] Vm = 0x100,
    [C("CLONE_PIDFD")] PidFd = 0x1000,
    [C("CLONE_PARENT")] Parent = 0x8000,
    [C("CLONE_NEWNS")] NewMount = 0x20000,
    [C("CLONE_NEWCGROUP")] NewCgroup = 0x02000000,
    [C("CLONE_NEWUTS")] NewUts = 0x04000000,
    [C("CLONE_NEWIPC")] NewIpc = 0x08000000,
    [C("CLONE_NEWUSER")] NewUser = 0x10000000,
    [C("CLONE_NEWPID")] NewPid = 0x20000000,
    [C("CLONE_NEWNET")] NewNetwork = 0x40000000,
    [C("CLONE_CLEAR_SIGHAND")] ClearSignalHandlers = 0x1_0000_0000,
    [C("CLONE_INTO_CGROUP")] IntoCgroup = 0x2_0000_0000,
}
