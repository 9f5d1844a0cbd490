namespace Sampan.Linux.Mounts;

/// <summary>Attributes of one mount, mount_setattr(2) and fsmount(2).</summary>
[Flags]
public enum MountAttributes : ulong
{
    None = 0,
    ReadOnly = 0x1,
    NoSetuid = 0x2,
    NoDevices = 0x4,
    NoExec = 0x8,
    NoAccessTime = 0x10,
    StrictAccessTime = 0x20,
    AccessTimeMask = 0x70,
    NoDirectoryAccessTime = 0x80,
    IdMap = 0x100000,
    NoSymlinkFollow = 0x200000,
}
