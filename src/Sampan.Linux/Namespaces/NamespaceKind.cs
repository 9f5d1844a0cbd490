namespace Sampan.Linux.Namespaces;

/// <summary>The kinds of namespaces with their bits for clone(2), unshare(2) and setns(2).</summary>
[Flags]
public enum NamespaceKind : uint
{
    None = 0,
    Time = 0x00000080,
    Mount = 0x00020000,
    Cgroup = 0x02000000,
    Uts = 0x04000000,
    Ipc = 0x08000000,
    User = 0x10000000,
    Pid = 0x20000000,
    Network = 0x40000000,
}
