#!/bin/bash
# Runs a real systemd in namespaces of its own: the tests' own init.scope, no unit but empty targets, nothing of the machine can be
# changed: systemd.sh CGROUP WRITABLE. CGROUP is a directory of cgroup v2 that becomes its root, WRITABLE what stays writable.
set -euo pipefail
cgroup=$1 writable=$2

case ${3:-} in
  '')
    mkdir -p "$cgroup"
    exec unshare --fork --kill-child --pid --mount --uts --ipc --net --propagation private "$0" "$cgroup" "$writable" enter ;;
  enter) # alone: a cgroup that has other processes passes no controller on
    echo 0 > "$cgroup/cgroup.procs"
    exec unshare --cgroup "$0" "$cgroup" "$writable" inside ;;
esac

mount -t proc proc /proc
[ ! -e /dev/console ] || mount --bind /dev/null /dev/console # systemd takes it from whoever reads and writes there
umount -R -l /sys/fs/cgroup
mount -t cgroup2 cgroup2 /sys/fs/cgroup
mount --bind /proc/sys /proc/sys
mount -o remount,bind,ro /proc/sys
mount --bind "$writable" "$writable"
mount -t tmpfs tmpfs /run
mkdir -p /run/units /run/systemd/system /run/lock # by the second one systemctl knows that systemd is there
printf '[Unit]\nDescription=nothing\nDefaultDependencies=no\n' > /run/units/default.target
cp /run/units/default.target /run/units/basic.target
mount -o remount,bind,ro /
exec env -i container=test SYSTEMD_UNIT_PATH=/run/units SYSTEMD_LOG_TARGET=console PATH="$PATH" \
  /lib/systemd/systemd --system --unit=default.target --show-status=0
