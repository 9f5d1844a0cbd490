namespace Sampan.Linux;

/// <summary>Numbers of the kernel's headers, under their own names, for calls that are made without a wrapper of the C library.</summary>
public static class KernelNumber
{
    public const int AT_FDCWD = -100;
    public const int AT_SYMLINK_NOFOLLOW = 0x100;
    public const int AT_EACCESS = 0x200;
    public const int AT_EMPTY_PATH = 0x1000;
    public const int AT_RECURSIVE = 0x8000;
    public const int X_OK = 1;
    public const uint S_IFIFO = 0x1000;
    public const uint S_IFCHR = 0x2000;
    public const uint S_IFBLK = 0x6000;
    public const uint S_IFMT = 0xF000;
    [C("offsetof(struct stat, st_mode)")] public const int StatMode = 24;
    [C("offsetof(struct stat, st_rdev)")] public const int StatDevice = 40;
    [C("sizeof(struct stat)")] public const int SizeOfStat = 144;
    [C("sizeof(struct statfs)")] public const int SizeOfStatfs = 120;
    [C("sizeof(struct open_how)")] public const int SizeOfOpenHow = 24;
    public const int PROC_SUPER_MAGIC = 0x9FA0;
    public const int PATH_MAX = 4096;

    public const int OPEN_TREE_CLONE = 1;
    public const int OPEN_TREE_CLOEXEC = 0x80000;
    public const int MOVE_MOUNT_F_EMPTY_PATH = 0x4;
    public const int MOVE_MOUNT_T_SYMLINKS = 0x10;
    public const int MOVE_MOUNT_T_EMPTY_PATH = 0x40;
    public const int FSOPEN_CLOEXEC = 1;
    public const int FSMOUNT_CLOEXEC = 1;
    public const int FSCONFIG_SET_FLAG = 0;
    public const int FSCONFIG_SET_STRING = 1;
    public const int FSCONFIG_CMD_CREATE = 6;
    [C("sizeof(struct mount_attr)")] public const int SizeOfMountAttr = 32;
    public const int MNT_DETACH = 2;
    public const int MS_MOVE = 0x2000;

    public const int PR_SET_PDEATHSIG = 1;
    public const int PR_SET_DUMPABLE = 4;
    public const int PR_SET_KEEPCAPS = 8;
    public const int PR_SET_NAME = 15;
    public const int PR_CAPBSET_DROP = 24;
    public const int PR_SET_NO_NEW_PRIVS = 38;
    public const int PR_CAP_AMBIENT = 47;
    public const int PR_CAP_AMBIENT_RAISE = 2;
    public const int PR_CAP_AMBIENT_CLEAR_ALL = 4;
    [C("_LINUX_CAPABILITY_VERSION_3")] public const uint CapabilityVersion = 0x20080522;
    public const int SECCOMP_SET_MODE_FILTER = 1;

    public const int SIG_SETMASK = 2;
    public const int SIGCHLD = 17;
    public const int P_ALL = 0;
    public const int WNOHANG = 1;
    public const int WEXITED = 4;
    public const int CLD_EXITED = 1;
    [C("sizeof(siginfo_t)")] public const int SizeOfSigInfo = 128;
    [C("offsetof(siginfo_t, si_code)")] public const int SigInfoCode = 8;
    [C("offsetof(siginfo_t, si_pid)")] public const int SigInfoPid = 16;
    [C("offsetof(siginfo_t, si_status)")] public const int SigInfoStatus = 24;
    public const int KEYCTL_JOIN_SESSION_KEYRING = 1;
    public const int CLOSE_RANGE_CLOEXEC = 4;

    public const int TIOCSPTLCK = 0x40045431;
    public const int TIOCGPTPEER = 0x5441;
    public const int TIOCSWINSZ = 0x5414;
    public const int TIOCSCTTY = 0x540E;
    public const int TIOCSPGRP = 0x5410;
    public const int FSPICK_CLOEXEC = 1;
    public const int FSPICK_EMPTY_PATH = 8;
    public const int FSCONFIG_CMD_RECONFIGURE = 7;
}
