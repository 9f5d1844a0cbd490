namespace Sampan.Linux.Mounts;

/// <summary>Flags of mount(2).</summary>
[Flags]
public enum MountFlags : ulong
{
    None = 0,
    [C("MS_RDONLY")] ReadOnly = 0x1,
    [C("MS_NOSUID")] NoSetuid = 0x2,
    [C("MS_NODEV")] NoDevices = 0x4,
    [C("MS_NOEXEC")] NoExec = 0x8,
    [C("MS_SYNCHRONOUS")] Synchronous = 0x10,
    [C("MS_REMOUNT")] Remount = 0x20,
    [C("MS_MANDLOCK")] MandatoryLock = 0x40,
    [C("MS_DIRSYNC")] DirectorySync = 0x80,
    [C("MS_NOATIME")] NoAccessTime = 0x400,
    [C("MS_NODIRATIME")] NoDirectoryAccessTime = 0x800,
    [C("MS_BIND")] Bind = 0x1000,
    [C("MS_MOVE")] Move = 0x2000,
    [C("MS_REC")] Recursive = 0x4000,
    [C("MS_SILENT")] Silent = 0x8000,
    [C("MS_UNBINDABLE")] Unbindable = 0x20000,
    [C("MS_PRIVATE")] Private = 0x40000,
    [C("MS_SLAVE")] Slave = 0x80000,
    [C("MS_SHARED")] Shared = 0x100000,
    [C("MS_RELATIME")] RelativeAccessTime = 0x200000,
    [C("MS_I_VERSION")] IVersion = 0x800000,
    [C("MS_STRICTATIME")] StrictAccessTime = 0x1000000,
    [C("MS_LAZYTIME")] LazyTime = 0x2000000,
}
