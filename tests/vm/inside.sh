#!/bin/bash
# The first process of the virtual machine: makes it a host like a Debian with systemd, as far as a container engine sees it,
# runs the end-to-end tests, says their exit code and turns the machine off.
export PATH=/usr/sbin:/usr/bin:/sbin:/bin HOME=/root TERM=linux LANG=C.UTF-8
mount -t proc -o nosuid,nodev,noexec proc /proc
mount -t sysfs -o nosuid,nodev,noexec sysfs /sys
mount -t securityfs securityfs /sys/kernel/security
mkdir -p /dev/pts /dev/shm
ln -s /proc/self/fd /dev/fd
mount -t devpts -o gid=5,mode=620,ptmxmode=666 devpts /dev/pts
mount -t tmpfs -o mode=1777 tmpfs /dev/shm
mount -t tmpfs -o mode=755 tmpfs /run
mount --make-rshared /
echo sampan-vm > /proc/sys/kernel/hostname
ip link set lo up
modprobe -a tun fuse loop # whose nodes a Debian makes at boot
exec < /dev/console > /dev/console 2>&1

read -r -d '' words < /proc/cmdline
for word in $words; do
  case $word in
    sampan.*=*) word=${word#sampan.}; export "SAMPAN_TEST_${word%%=*}=${word#*=}" ;;
  esac
done
# cgroups as systemd makes them: the root passes its controllers on, and a login's processes are in a leaf.
if [ "$SAMPAN_TEST_CGROUPS" = hybrid ]; then
  mount -t tmpfs -o mode=755 tmpfs /sys/fs/cgroup
  for controller in unified devices memory pids cpu cpuset blkio freezer; do
    mkdir "/sys/fs/cgroup/$controller"
    if [ "$controller" = unified ]; then type=cgroup2 options=nsdelegate; else type=cgroup options=$controller; fi
    mount -t "$type" -o "nosuid,nodev,noexec,$options" cgroup "/sys/fs/cgroup/$controller" || rmdir "/sys/fs/cgroup/$controller"
  done
  v2=/sys/fs/cgroup/unified
else
  mount -t cgroup2 -o nosuid,nodev,noexec,nsdelegate,memory_recursiveprot cgroup2 /sys/fs/cgroup
  v2=/sys/fs/cgroup
fi
for controller in $(cat $v2/cgroup.controllers); do echo "+$controller" > $v2/cgroup.subtree_control; done
mkdir -p $v2/user.slice/session.scope
echo $$ > $v2/user.slice/session.scope/cgroup.procs

echo "vm: up after $(cut -d' ' -f1 /proc/uptime) s: Linux $(uname -r), cgroup v2 $(cat $v2/cgroup.controllers), LSM $(cat /sys/kernel/security/lsm)"
if [ -n "$SAMPAN_TEST_SHELL" ]; then
  setsid -c bash -i
else
  # CI: what depends on timing is left out
  CI=true SAMPAN_TEST_IMAGES=ready /sampan/tests/end-to-end/run.sh "$SAMPAN_TEST_PATTERN"
  echo "vm: exit $? after $(cut -d' ' -f1 /proc/uptime) s"
fi
sync
exec busybox poweroff -f
