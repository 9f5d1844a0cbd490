/* The limit: the container of `runc spec` by the same system calls as sampan-oci makes them, in straight-line C without a
   configuration to read, an error to explain or a state to keep. limit ROOTFS NAME COMMAND...
   Built static; what sampan-oci takes above it is the price of being a runtime. */
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <grp.h>
#include <linux/capability.h>
#include <linux/keyctl.h>
#include <linux/mount.h>
#include <linux/openat2.h>
#include <linux/sched.h>
#include <sched.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/sysmacros.h>
#include <sys/wait.h>
#include <unistd.h>

#define MNT_DETACH 2
int mount(const char *, const char *, const char *, unsigned long, const void *);
int umount2(const char *, int);

static const char *hierarchies[] = {"cpu", "cpuacct", "cpuset", "memory", "devices", "freezer", "blkio", "pids", "systemd"};
enum { HIERARCHIES = sizeof hierarchies / sizeof *hierarchies };
static const char *devices[] = {"c *:* m", "b *:* m", "c 1:3 rwm", "c 1:5 rwm", "c 1:7 rwm", "c 1:8 rwm", "c 1:9 rwm", "c 5:0 rwm", "c 5:2 rwm", "c 136:* rwm"};
static const char *name;
static int root, tasks[HIERARCHIES];

static void check(long result, const char *what) {
  if (result >= 0) return;
  perror(what);
  _exit(1);
}

static const char *cgroup(int i, const char *file) {
  static char path[256];
  snprintf(path, sizeof path, "/sys/fs/cgroup/%s/%s/%s", hierarchies[i], name, file);
  return path;
}

static void write_file(const char *path, const char **texts, int count) {
  int fd = open(path, O_WRONLY | O_CLOEXEC);
  check(fd, path);
  for (int i = 0; i < count; i++) check(write(fd, texts[i], strlen(texts[i])), path);
  close(fd);
}

static int in_root(const char *path, int flags) {
  struct open_how how = {.flags = O_PATH | O_CLOEXEC | flags, .resolve = RESOLVE_IN_ROOT | RESOLVE_NO_MAGICLINKS};
  return syscall(SYS_openat2, root, path, &how, sizeof how);
}

static void attach(int tree, const char *path) {
  int at = in_root(path, O_DIRECTORY);
  check(at, path);
  check(syscall(SYS_move_mount, tree, "", at, "", MOVE_MOUNT_F_EMPTY_PATH | MOVE_MOUNT_T_EMPTY_PATH), path);
  close(tree);
  close(at);
}

static int make(const char *type, const char **options, unsigned attributes) {
  int fs = syscall(SYS_fsopen, type, FSOPEN_CLOEXEC), tree;
  check(fs, type);
  check(syscall(SYS_fsconfig, fs, FSCONFIG_SET_STRING, "source", type, 0), "source");
  for (; options && *options; options += 2) {
    if (options[1]) check(syscall(SYS_fsconfig, fs, FSCONFIG_SET_STRING, options[0], options[1], 0), options[0]);
    else check(syscall(SYS_fsconfig, fs, FSCONFIG_SET_FLAG, options[0], 0, 0), options[0]);
  }
  check(syscall(SYS_fsconfig, fs, FSCONFIG_CMD_CREATE, 0, 0, 0), type);
  tree = syscall(SYS_fsmount, fs, FSMOUNT_CLOEXEC, attributes);
  check(tree, type);
  close(fs);
  return tree;
}

static void make_directory(const char *parent, const char *entry) {
  int at = in_root(parent, O_DIRECTORY);
  check(at, parent);
  if (mkdirat(at, entry, 0755) < 0 && errno != EEXIST) check(-1, entry);
  close(at);
}

static void read_only(const char *path) {
  struct mount_attr attributes = {.attr_set = MOUNT_ATTR_RDONLY};
  int at = in_root(path, 0), tree;
  if (at < 0) return;
  tree = syscall(SYS_open_tree, at, "", OPEN_TREE_CLONE | OPEN_TREE_CLOEXEC | AT_EMPTY_PATH | AT_RECURSIVE);
  check(tree, path);
  check(syscall(SYS_mount_setattr, tree, "", AT_EMPTY_PATH | AT_RECURSIVE, &attributes, sizeof attributes), path);
  check(syscall(SYS_move_mount, tree, "", at, "", MOVE_MOUNT_F_EMPTY_PATH | MOVE_MOUNT_T_EMPTY_PATH), path);
  close(tree);
  close(at);
}

static void mask(const char *path) {
  const char *empty[] = {"size", "0k", 0};
  int at = in_root(path, 0), tree;
  if (at < 0) return;
  tree = syscall(SYS_open_tree, AT_FDCWD, "/dev/null", OPEN_TREE_CLONE | OPEN_TREE_CLOEXEC);
  check(tree, "/dev/null");
  if (syscall(SYS_move_mount, tree, "", at, "", MOVE_MOUNT_F_EMPTY_PATH | MOVE_MOUNT_T_EMPTY_PATH) < 0) {
    close(tree);
    tree = make("tmpfs", empty, MOUNT_ATTR_RDONLY | MOUNT_ATTR_NOSUID | MOUNT_ATTR_NODEV | MOUNT_ATTR_NOEXEC);
    check(syscall(SYS_move_mount, tree, "", at, "", MOVE_MOUNT_F_EMPTY_PATH | MOVE_MOUNT_T_EMPTY_PATH), path);
  }
  close(tree);
  close(at);
}

static void device(const char *entry, int major, int minor) {
  int at = in_root("/dev", O_DIRECTORY);
  check(at, "/dev");
  check(mknodat(at, entry, S_IFCHR | 0666, makedev(major, minor)), entry);
  close(at);
}

static void link_in_dev(const char *target, const char *entry) {
  int at = in_root("/dev", O_DIRECTORY);
  check(at, "/dev");
  check(symlinkat(target, at, entry), entry);
  close(at);
}

static void child(const char *staging, char **command) {
  enum { NOTHING = MOUNT_ATTR_NOSUID | MOUNT_ATTR_NODEV | MOUNT_ATTR_NOEXEC };
  const char *dev[] = {"mode", "755", "size", "65536k", 0}, *shm[] = {"mode", "1777", "size", "65536k", 0}, *tree_mode[] = {"mode", "755", 0};
  const char *pts[] = {"newinstance", 0, "ptmxmode", "0666", "mode", "0620", "gid", "5", 0};
  const char *kept = "\x1d\x05\x0a"; /* audit_write, kill, net_bind_service: what `runc spec` keeps */
  struct mount_attr private = {.propagation = MS_PRIVATE}, locked = {.attr_set = MOUNT_ATTR_RDONLY};
  struct __user_cap_header_struct header = {_LINUX_CAPABILITY_VERSION_3, 0};
  struct __user_cap_data_struct data[2] = {{0x20000420, 0x20000420, 0}, {0, 0, 0}};
  char path[64];
  for (int i = 0; i < HIERARCHIES; i++) check(write(tasks[i], "0", 1), "tasks");
  check(setsid(), "setsid");
  syscall(SYS_keyctl, KEYCTL_JOIN_SESSION_KEYRING, 0);
  umask(0);
  check(mount(0, "/", 0, MS_REC | MS_PRIVATE, 0), "private");
  check(syscall(SYS_move_mount, root, "", AT_FDCWD, staging, MOVE_MOUNT_F_EMPTY_PATH), "root");
  check(syscall(SYS_mount_setattr, root, "", AT_EMPTY_PATH | AT_RECURSIVE, &private, sizeof private), "private root");
  attach(make("proc", 0, 0), "/proc");
  attach(make("tmpfs", dev, MOUNT_ATTR_NOSUID | MOUNT_ATTR_STRICTATIME), "/dev");
  make_directory("/dev", "pts");
  attach(make("devpts", pts, MOUNT_ATTR_NOSUID | MOUNT_ATTR_NOEXEC), "/dev/pts");
  make_directory("/dev", "shm");
  attach(make("tmpfs", shm, NOTHING), "/dev/shm");
  make_directory("/dev", "mqueue");
  attach(make("mqueue", 0, NOTHING), "/dev/mqueue");
  attach(make("sysfs", 0, NOTHING | MOUNT_ATTR_RDONLY), "/sys");
  attach(make("tmpfs", tree_mode, NOTHING), "/sys/fs/cgroup");
  for (int i = 0; i < HIERARCHIES; i++) {
    struct mount_attr attributes = {.attr_set = NOTHING | MOUNT_ATTR_RDONLY};
    int tree;
    snprintf(path, sizeof path, "/sys/fs/cgroup/%s/%s", hierarchies[i], name);
    tree = syscall(SYS_open_tree, AT_FDCWD, path, OPEN_TREE_CLONE | OPEN_TREE_CLOEXEC);
    check(tree, path);
    check(syscall(SYS_mount_setattr, tree, "", AT_EMPTY_PATH, &attributes, sizeof attributes), path);
    make_directory("/sys/fs/cgroup", hierarchies[i]);
    snprintf(path, sizeof path, "/sys/fs/cgroup/%s", hierarchies[i]);
    attach(tree, path);
  }
  read_only("/sys/fs/cgroup");
  device("null", 1, 3), device("zero", 1, 5), device("full", 1, 7), device("random", 1, 8), device("urandom", 1, 9), device("tty", 5, 0);
  link_in_dev("/proc/self/fd", "fd"), link_in_dev("/proc/self/fd/0", "stdin"), link_in_dev("/proc/self/fd/1", "stdout");
  link_in_dev("/proc/self/fd/2", "stderr"), link_in_dev("pts/ptmx", "ptmx");
  check(sethostname("limit", 5), "hostname");
  read_only("/proc/bus"), read_only("/proc/fs"), read_only("/proc/irq"), read_only("/proc/sys"), read_only("/proc/sysrq-trigger");
  mask("/proc/acpi"), mask("/proc/asound"), mask("/proc/kcore"), mask("/proc/keys"), mask("/proc/latency_stats"), mask("/proc/timer_list");
  mask("/proc/timer_stats"), mask("/proc/sched_debug"), mask("/sys/firmware"), mask("/proc/scsi");
  check(syscall(SYS_mount_setattr, root, "", AT_EMPTY_PATH, &locked, sizeof locked), "read only root");
  check(fchdir(root), "fchdir");
  check(syscall(SYS_pivot_root, ".", "."), "pivot_root");
  check(umount2(".", MNT_DETACH), "umount");
  check(chdir("/"), "chdir");
  umask(022);
  for (int i = 0; i <= 40; i++)
    if (!strchr(kept, i) || i == 0) check(prctl(PR_CAPBSET_DROP, i, 0, 0, 0), "bounding set");
  check(setgroups(0, 0), "setgroups");
  check(setresgid(0, 0, 0), "setresgid");
  check(setresuid(0, 0, 0), "setresuid");
  check(syscall(SYS_capset, &header, data), "capset");
  check(prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0), "no_new_privs");
  check(syscall(SYS_close_range, 3, ~0U, CLOSE_RANGE_CLOEXEC), "close_range");
  execvp(command[0], command);
  check(-1, command[0]);
}

int main(int count, char **words) {
  const char *deny[] = {"a"}, *processors[] = {"0"}, *memory[] = {"0"};
  struct clone_args args = {.flags = CLONE_NEWNS | CLONE_NEWUTS | CLONE_NEWIPC | CLONE_NEWPID | CLONE_NEWNET | CLONE_CLEAR_SIGHAND, .exit_signal = SIGCHLD};
  int status;
  pid_t pid;
  if (count < 4) return 2;
  name = words[2];
  setenv("PATH", "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin", 1);
  for (int i = 0; i < HIERARCHIES; i++) check(mkdir(cgroup(i, ""), 0755), hierarchies[i]);
  write_file(cgroup(2, "cpuset.cpus"), processors, 1);
  write_file(cgroup(2, "cpuset.mems"), memory, 1);
  write_file(cgroup(4, "devices.deny"), deny, 1);
  write_file(cgroup(4, "devices.allow"), devices, sizeof devices / sizeof *devices);
  for (int i = 0; i < HIERARCHIES; i++) check(tasks[i] = open(cgroup(i, "tasks"), O_WRONLY | O_CLOEXEC), hierarchies[i]);
  root = syscall(SYS_open_tree, AT_FDCWD, words[1], OPEN_TREE_CLONE | OPEN_TREE_CLOEXEC | AT_RECURSIVE);
  check(root, words[1]);
  pid = syscall(SYS_clone3, &args, sizeof args);
  check(pid, "clone3");
  if (pid == 0) child(words[1], words + 3);
  check(waitpid(pid, &status, 0), "waitpid");
  for (int i = 0; i < HIERARCHIES; i++)
    if (rmdir(cgroup(i, "")) < 0) check(-1, "rmdir");
  return WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
}
