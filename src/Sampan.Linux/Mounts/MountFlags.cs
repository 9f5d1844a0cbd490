namespace Sampan.Linux.Mounts;

/// <summary>Flags of mount(2).</summary>
[Flags]
public enum MountFlags : ulong
{
    None = 0,
    ReadOnly = 0x1,
    NoSetuid = 0x2,
    NoDevices = 0x4,
    NoExec = 0x8,
    Synchronous = 0x10,
    Remount = 0x20,
    MandatoryLock = 0x40,
    DirectorySync = 0x80,
    NoAccessTime = 0x400,
    NoDirectoryAccessTime = 0x800,
    Bind = 0x1000,
    Move = 0x2000,
    Recursive = 0x4000,
    Silent = 0x8000,
    Unbindable = 0x20000,
    Private = 0x40000,
    Slave = 0x80000,
    Shared = 0x100000,
    RelativeAccessTime = 0x200000,
    IVersion = 0x800000,
    StrictAccessTime = 0x1000000,
    LazyTime = 0x2000000,
}
