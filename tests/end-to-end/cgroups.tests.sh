#!/bin/bash
# Cgroups of version 1, version 2 and both, whichever this machine can show: a test goes on in a mount namespace where only
# that version is mounted. What a controller does is looked at from the host, in the cgroup's own files.

# view v1|v2|hybrid: the calling test goes on where only this is mounted.
view() {
  [ "${CGROUP_VIEW:-}" != "$1" ] || { show_only "$1"; return 0; }
  CGROUP_VIEW=$1 exec unshare --mount --propagation private "$here/run.sh" --one "${FUNCNAME[1]}"
}

show_only() {
  local unified=/sys/fs/cgroup/unified
  case $(findmnt -no FSTYPE /sys/fs/cgroup | tail -n 1),$1 in
    cgroup2,v2) ;;
    cgroup2,*) skip "this machine has no cgroup version 1" ;;
    *,v2) umount -R -l /sys/fs/cgroup && mount -t cgroup2 cgroup2 /sys/fs/cgroup ;;
    *,v1) ! mountpoint -q $unified || umount $unified ;;
    *,hybrid) mountpoint -q $unified || skip "this machine has no cgroup version 2" ;;
  esac
}

# has_v2 CONTROLLER: version 2 has it in this view.
has_v2() { grep -qw "$1" /sys/fs/cgroup/cgroup.controllers 2> /dev/null; }

# folder PID [CONTROLLER]: the directory of a process's cgroup, of version 2 without a controller of version 1.
folder() {
  local root=/sys/fs/cgroup
  if [ -n "${2:-}" ] && [ -d "$root/$2" ]; then
    echo "$root/$2$(sed -n "s/^[0-9]*:\([^:]*,\)*$2\(,[^:]*\)*://p" "/proc/$1/cgroup")"
  else
    [ ! -d $root/unified ] || root=$root/unified
    echo "$root$(sed -n 's/^0:://p' "/proc/$1/cgroup")"
  fi
}

# no_cgroup NAME: no hierarchy has a cgroup of this name.
# (not in what is below the mounts: there other runtimes leave folders when version 2 is put away)
no_cgroup() {
  # shellcheck disable=SC2046 # mount points, without blanks
  is "" "$(find $(findmnt -rno TARGET -t cgroup,cgroup2) -xdev -type d -name "$1")"
}

# resting BUNDLE-FILTER [OWNER]: an OCI container named `rest` that sleeps; its process id is in $pid.
resting() {
  bundle "$WORK/bundle" ".process.args = [\"sleep\", \"100\"] | ${1:-.}"
  [ -z "${2:-}" ] || chown -R "$2" "$WORK/bundle/rootfs"
  own_oci create --bundle "$WORK/bundle" --pid-file "$WORK/pid" rest < /dev/null > "$WORK/stdout" 2> "$WORK/stderr" || return 1
  pid=$(cat "$WORK/pid")
  own_oci start rest
}

own_oci() { sampan-oci --root "$WORK/oci-state" "$@"; }

rested() {
  own_oci delete --force rest
  rm -rf "$WORK/bundle" "$WORK/oci-state"
}

# refused FILTER TEXT: a container with this configuration is not made, for a reason that has TEXT in it.
refused() {
  ! resting "$1" || { rested; fail "was made: $1"; }
  has "$(cat "$WORK/stderr")" "$2"
  is 1 "$(wc -l < "$WORK/stderr")"
  no_cgroup rest
  rm -rf "$WORK/bundle" "$WORK/oci-state"
}

# life: what a container does and what it sees of its cgroup, in this view.
life() {
  local pid id
  is hello "$(run echo hello)"
  sampan run -d --name steady "$IMAGES/busybox-docker-save.tar" sleep 100 > /dev/null
  pid=$(pid_of steady)
  id=$(sampan inspect steady | jq -r '.[0].Id')
  has "$(folder "$pid" "${1:-}")" "/sampan/$id"
  is "$pid" "$(cat "$(folder "$pid" "${1:-}")/cgroup.procs")"
  # its own cgroup is the root of what it sees, and not to be changed
  has "$(sampan exec steady cat /proc/self/cgroup)" ":/"
  ! sampan exec steady cat /proc/self/cgroup | grep -q sampan || fail "it sees the host's path"
  ! sampan exec steady mkdir "/sys/fs/cgroup/${2:-}/own" 2> /dev/null || fail "its cgroups can be written"
  is 2 "$(sampan exec steady sh -c "wc -l < /sys/fs/cgroup/${2:-}/cgroup.procs")"
  sampan stop -t 1 steady > /dev/null
  sampan rm steady > /dev/null
  sampan run -d --name steady "$IMAGES/busybox-docker-save.tar" sleep 100 > /dev/null
  sampan rm -f steady > /dev/null
  no_cgroup "$id"
  bundle "$WORK/bundle" '.process.args = ["sh", "-c", "cat /proc/self/cgroup; exit 4"]'
  exits 4 own_oci run --bundle "$WORK/bundle" once
  has "$(cat "$WORK/stdout")" ":/"
  no_cgroup once
  resting .
  is inside "$(own_oci exec rest echo inside)"
  has "$(folder "$pid" "${1:-}")" /rest
  rested
  no_cgroup rest
}

A_container_lives_on_cgroup_v1() { view v1; life pids pids; }

A_container_lives_on_cgroup_v2() { view v2; life; }

A_container_lives_on_both_cgroup_versions() { view hybrid; life pids unified; }

# The folder that containers share is not there before the first and after the last one.
The_last_container_takes_the_shared_cgroup_away() {
  find /sys/fs/cgroup -type d -name sampan -exec rmdir {} + 2> /dev/null || true
  no_cgroup sampan
  sampan run -d --name one "$IMAGES/busybox-docker-save.tar" sleep 100 > /dev/null
  sampan run -d --name two "$IMAGES/busybox-docker-save.tar" sleep 100 > /dev/null
  sampan rm -f one > /dev/null
  [ -n "$(find /sys/fs/cgroup -type d -name sampan)" ] || fail "the second one has no cgroup any more"
  runs two
  sampan rm -f two > /dev/null
  no_cgroup sampan
}

Many_containers_at_once_do_not_lose_the_shared_cgroup() {
  local n
  for n in $(seq 6); do
    (for _ in 1 2 3; do is "$n" "$(run --network=none echo "$n")"; done; echo good >> "$WORK/good") &
  done
  wait
  is 6 "$(wc -l < "$WORK/good")"
  rm "$WORK/good"
}

# --- devices

devices() {
  # making a node is allowed, opening it is not
  is "denied" "$(run sh -c 'mknod /tmp/kmsg c 1 11 && (head -c 1 /tmp/kmsg > /dev/null 2>&1 && echo opened || echo denied)')"
  is "opened" "$(run sh -c 'mknod /tmp/zero c 1 5 && head -c 1 /tmp/zero > /dev/null && echo opened')"
  mknod "$WORK/loop" b 7 0
  is "denied" "$(run sh -c 'mknod /tmp/loop b 7 0 && (dd if=/tmp/loop of=/dev/null count=0 2> /dev/null && echo opened || echo denied)')"
  is "opened" "$(run --device="$WORK/loop:/dev/loop:r" sh -c 'dd if=/dev/loop of=/dev/null count=0 2> /dev/null && echo opened')"
  is "denied" "$(run --device="$WORK/loop:/dev/loop:r" sh -c 'dd if=/dev/null of=/dev/loop conv=notrunc count=0 2> /dev/null && echo opened || echo denied')"
  is "opened" "$(run --privileged sh -c 'mknod /tmp/loop b 7 0 && dd if=/tmp/loop of=/dev/null count=0 2> /dev/null && echo opened')"
  rm "$WORK/loop"
  # the last rule that fits decides
  resting '.process.capabilities.bounding += ["CAP_MKNOD"] | .process.capabilities.effective += ["CAP_MKNOD"] | .process.capabilities.permitted += ["CAP_MKNOD"]
    | .root.readonly = false | .linux.resources.devices = [{allow: false, access: "rwm"}, {allow: true, type: "b", major: 7, access: "r"}]'
  own_oci exec rest sh -c 'mknod /tmp/loop b 7 1; dd if=/tmp/loop of=/dev/null count=0' 2> /dev/null || fail "a device that is allowed can not be opened"
  ! own_oci exec rest sh -c 'dd if=/dev/null of=/tmp/loop conv=notrunc count=0' 2> /dev/null || fail "a device that is read-only was opened for writing"
  rested
}

Devices_are_denied_by_their_cgroup_on_v1() { view v1; devices; }

Devices_are_denied_by_a_program_on_v2() { view v2; devices; }

A_hole_in_allowed_devices_works_on_v2() {
  view v2
  resting '.process.capabilities.bounding += ["CAP_MKNOD"] | .process.capabilities.effective += ["CAP_MKNOD"] | .process.capabilities.permitted += ["CAP_MKNOD"]
    | .root.readonly = false | .linux.resources.devices = [{allow: false, access: "rwm"}, {allow: true, type: "b", major: 7, access: "r"}, {allow: false, type: "b", major: 7, minor: 1, access: "rwm"}]'
  own_oci exec rest sh -c 'mknod /tmp/loop b 7 0; dd if=/tmp/loop of=/dev/null count=0' 2> /dev/null || fail "a device that is allowed can not be opened"
  ! own_oci exec rest sh -c 'mknod /tmp/loop1 b 7 1; dd if=/tmp/loop1 of=/dev/null count=0' 2> /dev/null || fail "the device that a rule takes out was opened"
  rested
}

A_hole_in_allowed_devices_is_refused_on_v1() {
  view v1
  refused '.linux.resources.devices = [{allow: false, access: "rwm"}, {allow: true, type: "b", major: 7, access: "r"}, {allow: false, type: "b", major: 7, minor: 1, access: "rwm"}]' \
    "cgroup version 1 can not take a part out of a rule"
}

# --- limits

# lacks CONTROLLER NAME FLAG...: in a view without it, the limit is refused by name and nothing is left.
lacks() {
  local controller=$1
  shift
  exits 125 run "$@" true
  one_line_error
  has "$(cat "$WORK/stderr")" "no cgroup controller $controller"
}

memory_kills() {
  sampan run --name hungry --memory=16m --network=none "$IMAGES/busybox-docker-save.tar" sh -c 'tail /dev/zero' > /dev/null 2>&1 || true
  is true "$(sampan inspect hungry | jq '.[0].State.OOMKilled')"
  sampan rm hungry > /dev/null
  sampan run --name modest --memory=16m --network=none "$IMAGES/busybox-docker-save.tar" true
  is false "$(sampan inspect modest | jq '.[0].State.OOMKilled')"
  sampan rm modest > /dev/null
}

A_memory_limit_kills_and_inspect_says_so_on_v1() { view v1; memory_kills; }

A_memory_limit_kills_and_inspect_says_so_on_both_versions() { view hybrid; memory_kills; }

A_memory_limit_kills_and_inspect_says_so_on_v2() {
  view v2
  if has_v2 memory; then memory_kills; else lacks memory --memory=16m; fi
}

# a shell that tries to have twenty children at once: how many it got is less than the limit
fork_bomb() {
  local got
  got=$(run --pids-limit=10 --network=none sh -c 'for i in $(seq 20); do sleep 3 & done 2> /dev/null; jobs | wc -l' 2> /dev/null) || true
  [ "${got:-0}" -lt 10 ] || fail "$got processes"
  is 20 "$(run --pids-limit=50 --network=none sh -c 'for i in $(seq 20); do sleep 3 & done; jobs | wc -l')"
}

A_fork_bomb_is_stopped_by_the_limit_of_tasks_on_v1() { view v1; fork_bomb; }

A_fork_bomb_is_stopped_by_the_limit_of_tasks_on_v2() {
  view v2
  if has_v2 pids; then fork_bomb; else lacks pids --pids-limit=10; fi
}

Every_limit_of_a_configuration_is_in_its_file_on_v1() {
  local pid memory cpu blkio
  view v1
  resting '.linux.resources += {
    memory: {limit: 67108864, swap: 134217728, reservation: 33554432, kernel: 1000, swappiness: 10, disableOOMKiller: true, useHierarchy: true, checkBeforeUpdate: true},
    cpu: {shares: 512, quota: 50000, period: 100000, burst: 10000, cpus: "0", mems: "0"}, pids: {limit: 33},
    blockIO: {weight: 300, throttleReadBpsDevice: [{major: 7, minor: 0, rate: 1048576}], throttleWriteIOPSDevice: [{major: 7, minor: 0, rate: 100}]}}'
  memory=$(folder "$pid" memory) cpu=$(folder "$pid" cpu) blkio=$(folder "$pid" blkio)
  is 67108864 "$(cat "$memory/memory.limit_in_bytes")"
  is 134217728 "$(cat "$memory/memory.memsw.limit_in_bytes")"
  is 33554432 "$(cat "$memory/memory.soft_limit_in_bytes")"
  is 10 "$(cat "$memory/memory.swappiness")"
  has "$(cat "$memory/memory.oom_control")" "oom_kill_disable 1"
  is 512 "$(cat "$cpu/cpu.shares")"
  is "50000 100000 10000" "$(cat "$cpu/cpu.cfs_quota_us" "$cpu/cpu.cfs_period_us" "$cpu/cpu.cfs_burst_us" | xargs)"
  is 0 "$(cat "$(folder "$pid" cpuset)/cpuset.cpus")"
  is 33 "$(cat "$(folder "$pid" pids)/pids.max")"
  is 300 "$(cat "$blkio/blkio.bfq.weight")"
  is "7:0 1048576" "$(cat "$blkio/blkio.throttle.read_bps_device")"
  is "7:0 100" "$(cat "$blkio/blkio.throttle.write_iops_device")"
  rested
  resting '.linux.resources.cpu = {idle: 1}'
  is 1 "$(cat "$(folder "$pid" cpu)/cpu.idle")"
  rested
  resting '.linux.resources.pids.limit = 0'
  ! own_oci exec rest sh -c 'true; true | true' 2> /dev/null || fail "could fork"
  rested
}

Every_limit_of_a_configuration_is_in_its_file_on_v2() {
  local pid own
  view v2
  has_v2 memory && has_v2 cpu && has_v2 pids && has_v2 io && has_v2 cpuset || skip "version 2 has only these controllers here: $(cat /sys/fs/cgroup/cgroup.controllers)"
  resting '.linux.resources += {
    memory: {limit: 67108864, swap: 134217728, reservation: 33554432, checkBeforeUpdate: true},
    cpu: {shares: 512, quota: 50000, period: 100000, burst: 10000, cpus: "0", mems: "0"}, pids: {limit: 33},
    unified: {"memory.high": "50331648"}}'
  own=$(folder "$pid")
  is 67108864 "$(cat "$own/memory.max")"
  [ ! -e "$own/memory.swap.max" ] || is 67108864 "$(cat "$own/memory.swap.max")"
  is 33554432 "$(cat "$own/memory.low")"
  is 50331648 "$(cat "$own/memory.high")"
  is 59 "$(cat "$own/cpu.weight")"
  is "50000 100000" "$(cat "$own/cpu.max")"
  is 10000 "$(cat "$own/cpu.max.burst")"
  is 0 "$(cat "$own/cpuset.cpus")"
  is 33 "$(cat "$own/pids.max")"
  rested
  resting '.linux.resources.cpu = {idle: 1}'
  is 1 "$(cat "$(folder "$pid")/cpu.idle")"
  rested
  refused '.linux.resources.memory = {swappiness: 10}' "cgroup version 2 does not have it"
}

Huge_pages_are_limited_on_v2() {
  local pid own
  view v2
  has_v2 hugetlb || skip "version 2 has no controller hugetlb here"
  resting '.linux.resources.hugepageLimits = [{pageSize: "2MB", limit: 4194304}]'
  own=$(folder "$pid")
  is 4194304 "$(cat "$own/hugetlb.2MB.max")"
  is 4194304 "$(cat "$own/hugetlb.2MB.rsvd.max")"
  rested
  resting '.linux.resources.unified = {"hugetlb.2MB.max": "2097152"}'
  is 2097152 "$(cat "$(folder "$pid")/hugetlb.2MB.max")"
  rested
  refused '.linux.resources.hugepageLimits = [{pageSize: "3MB", limit: 1}]' "hugetlb.3MB.max"
  refused '.linux.resources.hugepageLimits = [{pageSize: "2 MB", limit: 1}]' "linux.resources.hugepageLimits[0].pageSize: is 2 MB, not a size such as 2MB"
}

A_limit_without_its_controller_is_refused_by_name() {
  view v2
  refused '.linux.resources.network = {classID: 5}' "this machine has no cgroup controller net_cls mounted"
  has_v2 rdma || refused '.linux.resources.rdma = {mlx5_0: {hcaHandles: 3}}' "this machine has no cgroup controller rdma"
  resting '.linux.resources += {network: {classID: 0}, rdma: {}, memory: {limit: 0, disableOOMKiller: false}, cpu: {shares: 0}}' # nothing is asked for
  rested
}

A_unified_setting_is_applied_or_refused_but_not_passed_over() {
  view hybrid
  refused '.linux.resources.unified = {"memory.high": "1000000"}' "unified memory.high: the controller memory is one of version 1 on this machine"
  refused '.linux.resources.unified = {"nonsense.max": "1"}' "nonsense"
  refused '.linux.resources.unified = {"cgroup.nonsense": "1"}' "cgroup.nonsense"
  local pid
  resting '.linux.resources.unified = {"cgroup.max.depth": "3"}'
  is 3 "$(cat "$(folder "$pid")/cgroup.max.depth")"
  rested
}

A_unified_setting_is_refused_on_v1() {
  view v1
  refused '.linux.resources.unified = {"pids.max": "5"}' "unified pids.max: this machine has only cgroup version 1"
}

changed_later() {
  local pid stats
  resting '.linux.resources.memory = {limit: 67108864, swap: 67108864} | .linux.resources.pids.limit = 33'
  own_oci update --pids-limit 44 rest
  is 44 "$(cat "$(folder "$pid" pids)/pids.max")"
  own_oci update --memory 33554432 --memory-swap 33554432 rest
  ! own_oci update --pids-limit 55 --cpuset-cpus 4000 rest 2> "$WORK/stderr" || fail "a processor that there is not"
  is 44 "$(cat "$(folder "$pid" pids)/pids.max")"
  stats=$(own_oci events --stats rest)
  is "33554432 44" "$(jq -r '"\(.data.memory.usage.limit) \(.data.pids.limit)"' <<< "$stats")"
  is true "$(jq '.type == "stats" and .data.cpu.usage.total > 0 and .data.memory.usage.usage > 0 and .data.pids.current == 1' <<< "$stats")"
  own_oci events --interval 1h rest > "$WORK/events" &
  sleep 0.5
  own_oci exec rest tail /dev/zero > /dev/null 2>&1 || true
  eventually grep -q '"type":"oom"' "$WORK/events"
  rested
  wait # the events end with the container
  rm "$WORK/events"
}

Limits_change_later_and_events_tell_of_memory_on_v1() { view v1; changed_later; }

Limits_change_later_and_events_tell_of_memory_on_v2() {
  view v2
  has_v2 memory && has_v2 pids || skip "version 2 has only these controllers here: $(cat /sys/fs/cgroup/cgroup.controllers)"
  changed_later
}

# --- places

The_cgroups_path_may_be_absolute_or_relative_but_not_lead_elsewhere() {
  local pid
  resting '.linux.cgroupsPath = "/deep/er/rest"'
  has "$(folder "$pid")" /deep/er/rest
  rested
  no_cgroup rest
  find /sys/fs/cgroup -depth -type d -path '*/deep*' -exec rmdir {} +
  resting '.linux.cgroupsPath = "below/rest"'
  is "$(dirname "$(sed -n 's/^0:://p' /proc/self/cgroup)" | sed 's,^/$,,')/below/rest" "$(sed -n 's/^0:://p' "/proc/$pid/cgroup")"
  rested
  find /sys/fs/cgroup -depth -type d -name below -exec rmdir {} +
  refused '.linux.cgroupsPath = "/rest/../../etc"' "must not be the root, and be without . and .."
  refused '.linux.cgroupsPath = "/"' "must not be the root"
}

A_cgroup_that_is_in_use_is_not_taken_over() {
  local pid
  resting '.linux.cgroupsPath = "/taken"'
  bundle "$WORK/second" '.linux.cgroupsPath = "/taken"'
  exits 1 own_oci run --bundle "$WORK/second" second
  has "$(cat "$WORK/stderr")" "is not empty"
  is running "$(own_oci state rest | jq -r .status)"
  rm -rf "$WORK/second"
  rested
  no_cgroup taken
}

without_namespace() {
  local pid seen
  resting '.linux.namespaces |= map(select(.type != "cgroup")) | .linux.cgroupsPath = "/shown/rest"'
  seen=$(own_oci exec rest sh -c "cat /sys/fs/cgroup/${1:-}/cgroup.procs | wc -l")
  [ "$seen" -ge 2 ] || fail "it does not see its own processes: $seen"
  ! own_oci exec rest ls "/sys/fs/cgroup/${1:-}" | grep -q -e shown -e release_agent || fail "it sees the host's cgroups"
  rested
  find /sys/fs/cgroup -depth -type d -name shown -exec rmdir {} +
}

Without_a_cgroup_namespace_only_its_own_cgroup_is_shown_on_v1() { view v1; without_namespace pids; }

Without_a_cgroup_namespace_only_its_own_cgroup_is_shown_on_v2() { view v2; without_namespace; }

A_cgroup_that_the_container_may_write_belongs_to_its_user() {
  local pid own
  view v2
  chmod 711 "$WORK" # the user of the container has to reach its root
  resting '.linux.namespaces += [{type: "user"}] | .linux.uidMappings = [{containerID: 0, hostID: 100000, size: 65536}] | .linux.gidMappings = .linux.uidMappings
    | .root.readonly = false | .mounts |= map(if .type == "cgroup" then .options = ["nosuid", "noexec", "nodev", "rw"] else . end)' 100000:100000
  own=$(folder "$pid")
  is 100000 "$(stat -c %u "$own")"
  is 100000 "$(stat -c %u "$own/cgroup.procs")"
  is 0 "$(stat -c %u "$own/cgroup.freeze")"
  own_oci exec rest mkdir /sys/fs/cgroup/own
  [ -d "$own/own" ] || fail "no cgroup was made below"
  rested
  no_cgroup own
}

# --- systemd

# sd COMMAND: on a machine with systemd: this one, or one that was started in namespaces of its own ($sd_pid).
sd() {
  if [ -z "${sd_pid:-}" ]; then "$@"; else nsenter --target "$sd_pid" --all -- "$@"; fi
}

with_systemd() {
  [ ! -S /run/systemd/private ] || { is cgroup2 "$(findmnt -no FSTYPE /sys/fs/cgroup)"; return 0; }
  [ -x /lib/systemd/systemd ] || skip "systemd is not installed"
  if [ "$(findmnt -no FSTYPE /sys/fs/cgroup)" = cgroup2 ]; then sd_cgroup=/sys/fs/cgroup/systemd-test; else sd_cgroup=/sys/fs/cgroup/unified/systemd-test; fi
  [ -d "${sd_cgroup%/*}" ] || skip "this machine has no cgroup version 2 for a systemd"
  "$here/systemd.sh" $sd_cgroup "$WORK" > "$WORK/systemd.log" 2>&1 &
  trap 'stop_systemd' EXIT
  for _ in $(seq 300); do systemd_is_up > /dev/null 2>&1 && return 0; sleep 0.1; done
  fail "systemd does not start: $(cat "$WORK/systemd.log")"
}

# the first process of the namespaces, which is systemd by now
systemd_is_up() {
  sd_pid=$(grep -l "^NSpid:.*[^0-9]1$" $(sed 's,.*,/proc/&/status,' $sd_cgroup/cgroup.procs $sd_cgroup/init.scope/cgroup.procs 2> /dev/null) 2> /dev/null | head -n 1 | tr -dc 0-9)
  [ -n "$sd_pid" ] && sd systemctl is-active --quiet default.target
}

stop_systemd() {
  kill -KILL "$sd_pid"
  eventually sh -c "! grep -q . $sd_cgroup/init.scope/cgroup.procs 2> /dev/null"
  eventually sh -c "find $sd_cgroup -depth -type d -exec rmdir {} + ; [ ! -d $sd_cgroup ]"
  rm -f "$WORK/systemd.log"
}

systemd_oci() { sd "$OUT/sampan-oci" --systemd-cgroup --root "$WORK/oci-state" "$@"; }

The_systemd_driver_has_systemd_make_a_scope_with_the_limits() {
  local pid show limits='.'
  with_systemd
  ! sd grep -qw pids /sys/fs/cgroup/cgroup.controllers || limits='.linux.resources += {pids: {limit: 33}, cpu: {shares: 512}, memory: {limit: 67108864}}'
  bundle "$WORK/bundle" ".process.args = [\"sleep\", \"100\"] | .linux.cgroupsPath = \"deep-er.slice:sampan:rest\" | $limits"
  systemd_oci create --bundle "$WORK/bundle" --pid-file "$WORK/pid" rest < /dev/null > /dev/null 2> "$WORK/stderr" || fail "$(cat "$WORK/stderr")"
  pid=$(cat "$WORK/pid")
  systemd_oci start rest
  has "$(sd cat "/proc/$pid/cgroup")" "0::/deep.slice/deep-er.slice/sampan-rest.scope"
  is inside "$(systemd_oci exec rest echo inside)"
  has "$(systemd_oci exec rest cat /proc/self/cgroup)" "/sampan-rest.scope"
  show=$(sd systemctl show sampan-rest.scope)
  has "$show" "Slice=deep-er.slice"
  has "$show" "Delegate=yes"
  has "$show" "ActiveState=active"
  has "$show" "ControlGroup=/deep.slice/deep-er.slice/sampan-rest.scope"
  if [ "$limits" != . ]; then
    has "$show" "TasksMax=33"
    has "$show" "CPUWeight=59"
    has "$show" "MemoryMax=67108864"
    is 33 "$(sd cat /sys/fs/cgroup/deep.slice/deep-er.slice/sampan-rest.scope/pids.max)"
    systemd_oci update --pids-limit 44 rest
    has "$(sd systemctl show sampan-rest.scope)" "TasksMax=44"
    sd systemctl daemon-reload
    is 44 "$(sd cat /sys/fs/cgroup/deep.slice/deep-er.slice/sampan-rest.scope/pids.max)"
  fi
  systemd_oci delete --force rest
  eventually sd sh -c '! systemctl is-active --quiet sampan-rest.scope'
  # a name made of the id, and a path that is none of systemd's
  bundle "$WORK/bundle" '.process.args = ["cat", "/proc/self/cgroup"]'
  has "$(systemd_oci run --bundle "$WORK/bundle" once 2>&1)" "0::/system.slice/sampan-once.scope"
  bundle "$WORK/bundle" '.linux.cgroupsPath = "/not/of/systemd"'
  has "$(systemd_oci run --bundle "$WORK/bundle" once 2>&1)" "not slice:prefix:name"
  rm -rf "$WORK/bundle" "$WORK/oci-state"
}

Without_systemd_its_driver_is_refused() {
  view v2
  [ ! -S /run/systemd/private ] || skip "systemd runs here"
  bundle "$WORK/bundle"
  exits 1 sampan-oci --systemd-cgroup --root "$WORK/oci-state" run --bundle "$WORK/bundle" once
  has "$(cat "$WORK/stderr")" "hint: systemd does not run here"
  no_cgroup once
  rm -rf "$WORK/bundle" "$WORK/oci-state"
}

# --- an ordinary user

# delegated COMMAND...: as the user, from a cgroup of his own in a tree that was given to him, as systemd does for a user's manager.
delegated() {
  local tree=/sys/fs/cgroup/sampan-test-user
  mkdir -p $tree
  echo "+$(sed 's/ / +/g' /sys/fs/cgroup/cgroup.controllers)" > /sys/fs/cgroup/cgroup.subtree_control
  mkdir -p $tree/shell
  chown "$USER_NAME:" $tree $tree/cgroup.procs $tree/cgroup.threads $tree/cgroup.subtree_control $tree/shell $tree/shell/cgroup.procs
  (echo $BASHPID > $tree/shell/cgroup.procs && as_user "$@")
}

gone_with_the_tree() { find /sys/fs/cgroup/sampan-test-user -depth -type d -exec rmdir {} + 2> /dev/null; [ ! -d /sys/fs/cgroup/sampan-test-user ]; }

An_ordinary_user_can_limit_where_a_tree_was_delegated() {
  local id folder
  view v2
  make_user
  delegated sampan run -d --name own --network=none "$IMAGE" sleep 100 > /dev/null
  id=$(as_user sampan inspect own | jq -r '.[0].Id')
  folder=/sys/fs/cgroup/sampan-test-user/sampan/$id
  [ -n "$(cat "$folder/cgroup.procs")" ] || fail "its cgroup has no process"
  if has_v2 pids; then
    delegated sampan run -d --name limited --network=none --pids-limit=10 "$IMAGE" sleep 100 > /dev/null
    id=$(as_user sampan inspect limited | jq -r '.[0].Id')
    is 10 "$(cat "/sys/fs/cgroup/sampan-test-user/sampan/$id/pids.max")"
    delegated sampan rm -f limited > /dev/null
  else
    ! delegated sampan run --rm --network=none --pids-limit=10 "$IMAGE" true 2> "$WORK/stderr" || fail "a limit without a controller"
    has "$(cat "$WORK/stderr")" "this machine has no cgroup controller pids"
  fi
  delegated sampan rm -f own > /dev/null
  is "shell" "$(cd /sys/fs/cgroup/sampan-test-user && echo */ | tr -d /)"
  eventually gone_with_the_tree
}

An_ordinary_user_without_delegation_has_no_limits_and_is_told() {
  view v2
  make_user
  is hello "$(as_user sampan run --rm --network=none "$IMAGE" echo hello)"
  ! as_user sampan run --rm --network=none --memory=16m "$IMAGE" true 2> "$WORK/stderr" || fail "a limit that nobody set"
  has "$(cat "$WORK/stderr")" "--memory: an ordinary user can not limit here"
  cp "$OUT/sampan-oci" "$USER_HOME/bin/"
  mkdir -p "$USER_HOME/bundle/rootfs/bin"
  cp /bin/busybox "$USER_HOME/bundle/rootfs/bin/sh"
  (cd "$USER_HOME/bundle" && chown -R "$USER_NAME:" . && as_user sampan-oci spec --rootless)
  jq '.process.terminal = false | .process.args = ["sh", "-c", "echo ran"] | del(.process.rlimits)' "$USER_HOME/bundle/config.json" > "$WORK/config" 
  cp "$WORK/config" "$USER_HOME/bundle/config.json"
  jq '.linux.resources = {unified: {"cgroup.max.depth": "3"}}' "$WORK/config" > "$USER_HOME/bundle/config.json"
  ! as_user sampan-oci --root "$USER_HOME/oci" run --bundle "$USER_HOME/bundle" once 2> "$WORK/stderr" || fail "a limit that nobody set"
  has "$(cat "$WORK/stderr")" "EACCES"
  rm "$WORK/config"
}
