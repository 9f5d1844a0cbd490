namespace Sampan.Linux.Mounts;

/// <summary>Attributes of one mount, mount_setattr(2) and fsmount(2).</summary>
[Flags]
public enum MountAttributes : ulong
{
    None = 0,
    [C("MOUNT_ATTR_RDONLY")] ReadOnly = 0x1,
    [C("MOUNT_ATTR_NOSUID")] NoSetuid = 0x2,
    [C("MOUNT_ATTR_NODEV")] NoDevices = 0x4,
    [C("MOUNT_ATTR_NOEXEC")] NoExec = 0x8,
    [C("MOUNT_ATTR_NOATIME")] NoAccessTime = 0x10,
    [C("MOUNT_ATTR_STRICTATIME")] StrictAccessTime = 0x20,
    [C("MOUNT_ATTR__ATIME")] AccessTimeMask = 0x70,
    [C("MOUNT_ATTR_NODIRATIME")] NoDirectoryAccessTime = 0x80,
    [C("MOUNT_ATTR_IDMAP")] IdMap = 0x100000,
    [C("MOUNT_ATTR_NOSYMFOLLOW")] NoSymlinkFollow = 0x200000,
}
