#!/bin/bash
# Limits by what they do, not by what is written in a file: the same on cgroup version 1, hybrid and version 2.

# root_may CAPABILITY-NUMBER: this machine's root has it.
root_may() { ((0x$(awk '/^CapEff/ { print $2 }' /proc/self/status) >> $1 & 1)); }

A_command_that_needs_more_memory_than_its_limit_is_killed_and_inspect_says_so() {
  local code=0
  # one buffer, larger than the limit
  sampan run --name hog --memory=24m "$IMAGES/busybox-docker-save.tar" dd if=/dev/zero of=/dev/null bs=64M count=1 || code=$?
  is 137 "$code"
  is true "$(sampan inspect hog | jq '.[0].State.OOMKilled')"
  sampan rm hog
  code=0
  sampan run --name modest --memory=24m "$IMAGES/busybox-docker-save.tar" dd if=/dev/zero of=/dev/null bs=4M count=1 || code=$?
  is 0 "$code"
  is false "$(sampan inspect modest | jq '.[0].State.OOMKilled')"
  sampan rm modest
}

No_more_processes_start_than_the_limit_allows() {
  local forks='for i in 1 2 3 4 5 6 7 8; do sleep 1 & done; wait; echo all'
  has "$(run --pids-limit=5 sh -c "$forks" 2>&1 || true)" "can't fork"
  has "$(run --pids-limit=50 sh -c "$forks" 2>&1)" all
}

A_command_gets_no_more_processor_time_than_its_limit() {
  sampan run -d --name busy --cpus=0.1 "$IMAGES/busybox-docker-save.tar" sh -c 'while :; do :; done'
  local id
  id=$(sampan inspect busy | jq -r '.[0].Id')
  # shellcheck disable=SC2016 # awk's
  eventually sh -c 'cat $(find /sys/fs/cgroup -path "*'"$id"'*" -name cpu.stat) | awk '\''$1 == "nr_throttled" && $2 > 2 { found = 1 } END { exit !found }'\'
  sampan rm -f busy
}

A_device_that_was_not_given_can_not_be_opened() {
  local open='mknod /root/kmsg c 1 11 && exec 3< /root/kmsg'
  exits 1 run sh -c "$open"
  has "$(cat "$WORK/stderr")" "Operation not permitted"
  run sh -c 'echo gone > /dev/null; head -c 1 /dev/urandom > /dev/null'
}

A_limit_is_raised_above_the_callers() {
  root_may 24 || skip "root has no CAP_SYS_RESOURCE here"
  is "3000 6000" "$( (ulimit -Sn 500; ulimit -Hn 1000; run --ulimit=nofile=3000:6000 sh -c 'echo $(ulimit -Sn) $(ulimit -Hn)') )"
}
