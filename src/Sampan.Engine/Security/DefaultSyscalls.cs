using Sampan.Linux.Capabilities;

namespace Sampan.Engine.Security;

/// <summary>
/// The allow-list of <see cref="DefaultSeccomp"/> by purpose. Left out on purpose: keyrings (add_key, keyctl,
/// request_key are not namespaced), userfaultfd and io_uring (favourites of kernel exploits), nfsservctl, uselib, vm86.
/// </summary>
internal static class DefaultSyscalls
{
    public static string[] Always { get; } =
    [
        // reading, writing and positioning in open files
        "read", "write", "readv", "writev", "pread64", "pwrite64", "preadv", "pwritev", "preadv2", "pwritev2", "lseek",
        "_llseek", "sendfile", "sendfile64", "splice", "tee", "vmsplice", "copy_file_range", "readahead", "fadvise64",
        "fadvise64_64", "fallocate", "ftruncate", "ftruncate64", "truncate", "truncate64", "sync", "syncfs", "fsync",
        "fdatasync", "sync_file_range",

        // opening, closing, duplicating
        "open", "openat", "openat2", "creat", "close", "close_range", "dup", "dup2", "dup3", "fcntl", "fcntl64", "flock",
        "pipe", "pipe2", "memfd_create", "memfd_secret", "name_to_handle_at",

        // names, attributes and folders
        "access", "faccessat", "faccessat2", "stat", "stat64", "fstat", "fstat64", "lstat", "lstat64", "newfstatat",
        "fstatat64", "statx", "statfs", "statfs64", "fstatfs", "fstatfs64", "ustat", "oldstat", "oldfstat", "oldlstat",
        "oldolduname", "olduname", "chdir", "fchdir", "getcwd", "getdents", "getdents64", "mkdir", "mkdirat", "rmdir",
        "rename", "renameat", "renameat2", "link", "linkat", "symlink", "symlinkat", "unlink", "unlinkat", "readlink",
        "readlinkat", "readdir", "chmod", "fchmod", "fchmodat", "fchmodat2", "chown", "chown32", "fchown", "fchown32",
        "fchownat", "lchown", "lchown32", "umask", "utime", "utimes", "utimensat", "utimensat_time64", "futimesat", "mknod",
        "mknodat",

        // extended attributes; the kernel checks the privileged name spaces
        "getxattr", "lgetxattr", "fgetxattr", "setxattr", "lsetxattr", "fsetxattr", "listxattr", "llistxattr", "flistxattr",
        "removexattr", "lremovexattr", "fremovexattr", "getxattrat", "setxattrat", "listxattrat", "removexattrat",
        "file_getattr", "file_setattr",

        // watching files and waiting for descriptors
        "inotify_init", "inotify_init1", "inotify_add_watch", "inotify_rm_watch", "fanotify_mark", "select", "_newselect",
        "pselect6", "pselect6_time64", "poll", "ppoll", "ppoll_time64", "epoll_create", "epoll_create1", "epoll_ctl",
        "epoll_ctl_old", "epoll_wait", "epoll_wait_old", "epoll_pwait", "epoll_pwait2", "eventfd", "eventfd2", "signalfd",
        "signalfd4", "timerfd_create", "timerfd_settime", "timerfd_settime64", "timerfd_gettime", "timerfd_gettime64",

        // the old asynchronous input and output; io_uring stays out, it has been a row of kernel holes
        "io_setup", "io_destroy", "io_submit", "io_cancel", "io_getevents", "io_pgetevents", "io_pgetevents_time64",

        // memory of the own process
        "brk", "mmap", "mmap2", "munmap", "mprotect", "mremap", "msync", "madvise", "mincore", "mlock", "mlock2",
        "mlockall", "munlock", "munlockall", "remap_file_pages", "membarrier", "mseal", "map_shadow_stack", "pkey_alloc",
        "pkey_free", "pkey_mprotect", "process_mrelease", "cachestat",

        // starting, waiting for and ending processes and threads
        "fork", "vfork", "execve", "execveat", "exit", "exit_group", "wait4", "waitid", "waitpid", "pidfd_open",
        "pidfd_send_signal", "kill", "tkill", "tgkill", "set_tid_address", "set_thread_area", "get_thread_area",
        "arch_prctl", "modify_ldt", "prctl", "rseq", "rseq_slice_yield", "set_robust_list", "get_robust_list",
        "restart_syscall",

        // what the kernel's own trampolines of a traced program call, and nobody else can: without them it would die of being traced
        "uprobe", "uretprobe",

        // signals
        "rt_sigaction", "rt_sigprocmask", "rt_sigpending", "rt_sigqueueinfo", "rt_sigreturn", "rt_sigsuspend",
        "rt_sigtimedwait", "rt_sigtimedwait_time64", "rt_tgsigqueueinfo", "sigaction", "sigprocmask", "sigpending",
        "sigreturn", "sigsuspend", "sigaltstack", "signal", "sgetmask", "ssetmask", "pause", "alarm",

        // locks between threads
        "futex", "futex_time64", "futex_waitv", "futex_wake", "futex_wait", "futex_requeue",

        // who the process is and may become; the kernel asks for CAP_SETUID and CAP_SETGID
        "getuid", "getuid32", "geteuid", "geteuid32", "getgid", "getgid32", "getegid", "getegid32", "getresuid",
        "getresuid32", "getresgid", "getresgid32", "getgroups", "getgroups32", "setuid", "setuid32", "setgid", "setgid32",
        "setreuid", "setreuid32", "setregid", "setregid32", "setresuid", "setresuid32", "setresgid", "setresgid32",
        "setfsuid", "setfsuid32", "setfsgid", "setfsgid32", "setgroups", "setgroups32", "getpid", "getppid", "gettid",
        "getpgid", "getpgrp", "setpgid", "getsid", "setsid", "capget", "capset",

        // clocks and timers, reading and sleeping
        "time", "gettimeofday", "clock_gettime", "clock_gettime64", "clock_getres", "clock_getres_time64",
        "clock_nanosleep", "clock_nanosleep_time64", "nanosleep", "times", "getitimer", "setitimer", "timer_create",
        "timer_settime", "timer_settime64", "timer_gettime", "timer_gettime64", "timer_getoverrun", "timer_delete",
        "adjtimex", "clock_adjtime", "clock_adjtime64",

        // limits, priorities and processors; raising needs its capability anyway
        "getrlimit", "ugetrlimit", "setrlimit", "prlimit64", "getrusage", "getpriority", "setpriority", "nice",
        "sched_yield", "sched_getparam", "sched_setparam", "sched_getscheduler", "sched_setscheduler", "sched_getattr",
        "sched_setattr", "sched_getaffinity", "sched_setaffinity", "sched_get_priority_max", "sched_get_priority_min",
        "sched_rr_get_interval", "sched_rr_get_interval_time64", "ioprio_get", "ioprio_set", "getcpu",

        // sockets once they exist; socket itself looks at its family
        "accept", "accept4", "bind", "connect", "listen", "getsockname", "getpeername", "getsockopt", "setsockopt",
        "socketpair", "send", "sendto", "sendmsg", "sendmmsg", "recv", "recvfrom", "recvmsg", "recvmmsg", "recvmmsg_time64",
        "shutdown",

        // messages, semaphores and memory shared within the IPC namespace
        "ipc", "msgget", "msgsnd", "msgrcv", "msgctl", "semget", "semop", "semctl", "semtimedop", "semtimedop_time64",
        "shmget", "shmat", "shmdt", "shmctl", "mq_open", "mq_unlink", "mq_timedsend", "mq_timedsend_time64",
        "mq_timedreceive", "mq_timedreceive_time64", "mq_notify", "mq_getsetattr",

        // asking the system, randomness
        "uname", "sysinfo", "getrandom",

        // giving up rights
        "seccomp", "landlock_create_ruleset", "landlock_add_rule", "landlock_restrict_self",
    ];

    /// <summary>What a capability would be useless without.</summary>
    public static (Capability Capability, string[] Names)[] ByCapability { get; } =
    [
        // a file by its handle, past the permissions of folders
        (Capability.CAP_DAC_READ_SEARCH,
        [
            "open_by_handle_at",
        ]),

        // mounts, namespaces and the machine's settings
        (Capability.CAP_SYS_ADMIN,
        [
            "mount", "umount", "umount2", "mount_setattr", "move_mount", "open_tree", "open_tree_attr", "fsopen",
            "fsconfig", "fsmount", "fspick", "statmount", "listmount", "listns", "unshare", "setns", "clone", "clone3", "bpf",
            "perf_event_open", "fanotify_init", "lookup_dcookie", "quotactl", "quotactl_fd", "sethostname", "setdomainname",
            "syslog", "pivot_root", "swapon", "swapoff",
        ]),

        // the machine
        (Capability.CAP_SYS_BOOT,
        [
            "reboot", "kexec_load", "kexec_file_load",
        ]),

        // another root directory
        (Capability.CAP_SYS_CHROOT,
        [
            "chroot",
        ]),

        // kernel modules
        (Capability.CAP_SYS_MODULE,
        [
            "init_module", "finit_module", "delete_module", "query_module", "create_module",
        ]),

        // process accounting
        (Capability.CAP_SYS_PACCT,
        [
            "acct",
        ]),

        // other processes
        (Capability.CAP_SYS_PTRACE,
        [
            "ptrace", "process_vm_readv", "process_vm_writev", "process_madvise", "pidfd_getfd", "kcmp",
        ]),

        // hardware ports
        (Capability.CAP_SYS_RAWIO,
        [
            "iopl", "ioperm",
        ]),

        // the machine's clock
        (Capability.CAP_SYS_TIME,
        [
            "settimeofday", "stime", "clock_settime", "clock_settime64",
        ]),

        // terminals of others
        (Capability.CAP_SYS_TTY_CONFIG,
        [
            "vhangup",
        ]),

        // where memory lives
        (Capability.CAP_SYS_NICE,
        [
            "get_mempolicy", "set_mempolicy", "mbind", "migrate_pages", "move_pages", "set_mempolicy_home_node",
        ]),

        // the kernel's log
        (Capability.CAP_SYSLOG,
        [
            "syslog",
        ]),

        // BPF programs
        (Capability.CAP_BPF,
        [
            "bpf",
        ]),

        // performance counters
        (Capability.CAP_PERFMON,
        [
            "perf_event_open",
        ]),
    ];
}
