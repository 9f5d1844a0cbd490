namespace Sampan.Linux.Namespaces;

/// <summary>The kinds of namespaces with their bits for clone(2), unshare(2) and setns(2).</summary>
[Flags]
public enum NamespaceKind : uint
{
    None = 0,
    [C("CLONE_NEWTIME")] Time = 0x00000080,
    [C("CLONE_NEWNS")] Mount = 0x00020000,
    [C("CLONE_NEWCGROUP")] Cgroup = 0x02000000,
    [C("CLONE_NEWUTS")] Uts = 0x04000000,
    [C("CLONE_NEWIPC")] Ipc = 0x08000000,
    [C("CLONE_NEWUSER")] User = 0x10000000,
    [C("CLONE_NEWPID")] Pid = 0x20000000,
    [C("CLONE_NEWNET")] Network = 0x40000000,
}
