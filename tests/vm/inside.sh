#!/bin/bash
# The first process of the virtual machine: makes it a host like a Debian with systemd, as far as a container engine sees it,
# runs the end-to-end tests, says their exit code and turns the machine off.
export PATH=/usr/sbin:/usr/bin:/sbin:/bin HOME=/root TERM=linux LANG=C.UTF-8
mount -t proc -o nosuid,nodev,noexec proc /proc
mount -t sysfs -o nosuid,nodev,noexec sysfs /sys
mount -t securityfs securityfs /sys/kernel/security
mount -t cgroup2 -o nosuid,nodev,noexec,nsdelegate,memory_recursiveprot cgroup2 /sys/fs/cgroup
mkdir -p /dev/pts /dev/shm
ln -s /proc/self/fd /dev/fd
mount -t devpts -o gid=5,mode=620,ptmxmode=666 devpts /dev/pts
mount -t tmpfs -o mode=1777 tmpfs /dev/shm
mount -t tmpfs -o mode=755 tmpfs /run
mount --make-rshared /
echo sampan-vm > /proc/sys/kernel/hostname
ip link set lo up
exec < /dev/console > /dev/console 2>&1

# Like systemd: controllers are on for the children of the root, and a login's processes are in a leaf.
echo '+cpuset +cpu +io +memory +pids' > /sys/fs/cgroup/cgroup.subtree_control
mkdir -p /sys/fs/cgroup/user.slice/session.scope
echo $$ > /sys/fs/cgroup/user.slice/session.scope/cgroup.procs

read -r -d '' words < /proc/cmdline
for word in $words; do
  case $word in
    sampan.*=*) word=${word#sampan.}; export "SAMPAN_TEST_${word%%=*}=${word#*=}" ;;
  esac
done
echo "vm: up after $(cut -d' ' -f1 /proc/uptime) s: Linux $(uname -r), $(tr '\n' ' ' < /sys/fs/cgroup/cgroup.controllers)LSM $(cat /sys/kernel/security/lsm)"
if [ -n "$SAMPAN_TEST_SHELL" ]; then
  setsid -c bash -i
else
  SAMPAN_TEST_IMAGES=ready /sampan/tests/end-to-end/run.sh "$SAMPAN_TEST_PATTERN"
  echo "vm: exit $? after $(cut -d' ' -f1 /proc/uptime) s"
fi
sync
exec busybox poweroff -f
