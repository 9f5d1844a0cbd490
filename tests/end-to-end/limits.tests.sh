#!/bin/bash
# Limits by what they do, not by what is written in a file: the same on cgroup version 1, hybrid and version 2. More of them,
# for each version, are in cgroups.tests.sh.

# root_may CAPABILITY-NUMBER: this machine's root has it.
root_may() { ((0x$(awk '/^CapEff/ { print $2 }' /proc/self/status) >> $1 & 1)); }

A_command_gets_no_more_processor_time_than_its_limit() {
  sampan run -d --name busy --cpus=0.1 "$IMAGES/busybox-docker-save.tar" sh -c 'while :; do :; done'
  local id
  id=$(sampan inspect busy | jq -r '.[0].Id')
  # shellcheck disable=SC2016 # awk's
  eventually sh -c 'cat $(find /sys/fs/cgroup -path "*'"$id"'*" -name cpu.stat) | awk '\''$1 == "nr_throttled" && $2 > 2 { found = 1 } END { exit !found }'\'
  sampan rm -f busy
}

A_limit_is_raised_above_the_callers() {
  root_may 24 || skip "root has no CAP_SYS_RESOURCE here"
  is "3000 6000" "$( (ulimit -Sn 500; ulimit -Hn 1000; run --ulimit=nofile=3000:6000 sh -c 'echo $(ulimit -Sn) $(ulimit -Hn)') )"
}
