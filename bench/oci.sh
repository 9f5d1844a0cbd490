#!/bin/bash
# The parts of bench/run.sh on OCI runtimes: the same bundles, in the same cgroups of version 1, for each of them.

# runtimes: what is compared, the peers first.
runtimes() { echo "crun runc"; [ -n "$peers_only" ] || echo sampan-oci; }

# oci RUNTIME: its command, with a state folder of its own.
oci() { [ "$1" = sampan-oci ] && echo "$root/out/sampan-oci --root $work/state-sampan" || echo "$1 --root $work/state-$1"; }

# make_bundle NAME FILTER: busybox's true with what `runc spec` gives, changed by a jq filter.
make_bundle() {
  local dir=$work/$1
  mkdir -p "$dir"
  [ -d "$work/rootfs" ] || umoci raw unpack --image "$root/artifacts/images/busybox-layout:latest" "$work/rootfs" > /dev/null 2>&1
  rm -f "$dir/config.json"
  (cd "$dir" && runc spec)
  jq ".process.terminal = false | .process.args = [\"true\"] | .root.path = \"$work/rootfs\" | del(.process.rlimits) | $2" "$dir/config.json" > "$dir/new"
  mv "$dir/new" "$dir/config.json"
}

# What dockerd and containerd ask for by default: some 350 names in one rule, a few with conditions.
seccomp_filter() {
  cat << 'JQ'
.linux.seccomp = {
  defaultAction: "SCMP_ACT_ERRNO", architectures: ["SCMP_ARCH_X86_64", "SCMP_ARCH_X86", "SCMP_ARCH_X32"],
  syscalls: [
    {names: $names, action: "SCMP_ACT_ALLOW"},
    {names: ["personality"], action: "SCMP_ACT_ALLOW", args: [{index: 0, value: 0, op: "SCMP_CMP_EQ"}]},
    {names: ["personality"], action: "SCMP_ACT_ALLOW", args: [{index: 0, value: 8, op: "SCMP_CMP_EQ"}]},
    {names: ["socket"], action: "SCMP_ACT_ALLOW", args: [{index: 0, value: 40, op: "SCMP_CMP_NE"}]},
    {names: ["clone"], action: "SCMP_ACT_ALLOW", args: [{index: 0, value: 2114060288, valueTwo: 0, op: "SCMP_CMP_MASKED_EQ"}]},
    {names: ["clone3"], action: "SCMP_ACT_ERRNO", errnoRet: 38}
  ]}
JQ
}

# syscall_names: those of this machine's headers, as a JSON list, without the ones that the filter decides itself.
syscall_names() {
  echo '#include <sys/syscall.h>' | gcc -E -dM - | sed -n 's/^#define __NR_\([a-z0-9_]*\) .*/\1/p' | sort \
    | jq -Rnc '[inputs | select(. as $name | ["personality", "socket", "clone", "clone3"] | index($name) | not)]'
}

bench_oci() {
  local one names verbs
  make_bundle default .
  names=$(syscall_names)
  make_bundle seccomp "$(seccomp_filter | sed "s/\\\$names/${names//\//\\/}/")"
  make_bundle userns '.linux.namespaces += [{type: "user"}] | .linux.uidMappings = [{containerID: 0, hostID: 100000, size: 65536}] | .linux.gidMappings = .linux.uidMappings'
  make_bundle sleep '.process.args = ["sleep", "3600"]'
  chmod -R o+rX "$work/rootfs"
  for one in $(runtimes); do $(oci "$one") run --detach --bundle "$work/sleep" "exec-$one" < /dev/null > /dev/null 2>&1; done
  verbs='$0 create --bundle $1 $2 && $0 start $2 && $0 delete --force $2'
  echo
  echo "OCI runtimes: true in the same bundle, cgroup version 1"
  {
    for one in $(runtimes); do row "$one run" "$(against "$one" run)" $(oci "$one") run --bundle "$work/default" bench; done
    for one in $(runtimes); do row "$one create+start+delete" "$(against "$one" create+start+delete)" sh -c "${verbs//\$0/$(oci "$one")}" - "$work/default" bench; done
    for one in $(runtimes); do row "$one exec" "$(against "$one" exec)" $(oci "$one") exec "exec-$one" true; done
    for one in $(runtimes); do row "$one run, seccomp" "$(against "$one" "run, seccomp")" $(oci "$one") run --bundle "$work/seccomp" bench; done
    for one in $(runtimes); do row "$one run, user namespace" "$(against "$one" "run, user namespace")" $(oci "$one") run --bundle "$work/userns" bench; done
  } | timed "${SAMPAN_BENCH_ROUNDS:-30}"
  end_oci
}

# against RUNTIME ROW: the peers' rows, for our own.
against() { [ "$1" != sampan-oci ] || echo "crun $2;runc $2"; }

end_oci() {
  local one id
  for one in $(runtimes); do
    for id in "exec-$one" bench "limit-$one"; do $(oci "$one") delete --force "$id" > /dev/null 2>&1; done
  done
}

# What a start needs and costs: memory, its smallest limit, the number of neighbours, and the limit of what could be.
bench_limits() {
  local one
  make_bundle default .
  echo
  printf '%-44s %10s %10s\n' "Memory" "peak KiB" "limit KiB"
  for one in $(runtimes); do printf '%-44s %10d %10d\n' "$one run" "$(peak "$one")" "$(smallest_limit "$one")"; done
  gcc -O2 -static -o "$work/limit" "$here/limit.c"
  echo
  echo "Above the limit: the same system calls from straight-line C, which keeps and checks nothing"
  {
    row "limit" "" "$work/limit" "$work/rootfs" bench-limit true
    for one in $(runtimes); do row "$one run" limit $(oci "$one") run --bundle "$work/default" bench; done
  } | timed "${SAMPAN_BENCH_ROUNDS:-30}"
  [ -n "$peers_only" ] || neighbours
}

# peak RUNTIME: the largest resident set of any of its processes over one run, in KiB.
peak() { /usr/bin/time -f %M $(oci "$1") run --bundle "$work/default" bench 2>&1 < /dev/null | tail -n 1; }

# smallest_limit RUNTIME: the least linux.resources.memory.limit, in KiB, with which true ends well; by bisection.
smallest_limit() {
  local low=0 high=65536 middle
  while [ $((high - low)) -gt 16 ]; do
    middle=$(((low + high) / 2))
    make_bundle memory ".linux.resources.memory = {limit: ($middle * 1024)}"
    if timeout 10 $(oci "$1") run --bundle "$work/memory" "limit-$1" < /dev/null > /dev/null 2>&1; then high=$middle; else low=$middle; fi
    $(oci "$1") delete --force "limit-$1" > /dev/null 2>&1 || true
  done
  echo "$high"
}

# neighbours: a start of true beside 0, 100 and 500 containers that run; the limit is measured in the same minute.
neighbours() {
  local count=0 goal
  make_bundle sleep '.process.args = ["sleep", "3600"]'
  echo
  echo "Start beside other containers"
  for goal in 0 100 500; do
    for ((; count < goal; count++)); do $(oci sampan-oci) run --detach --bundle "$work/sleep" "beside-$count" < /dev/null > /dev/null 2>&1; done
    {
      row "limit beside $goal" "" "$work/limit" "$work/rootfs" bench-limit true
      row "sampan-oci run beside $goal" "limit beside $goal" $(oci sampan-oci) run --bundle "$work/default" bench
    } | jq -s . | "$here/rounds.py" "${SAMPAN_BENCH_ROUNDS:-30}" 0.1 | tail -n 2
  done
  for ((count--; count >= 0; count--)); do $(oci sampan-oci) delete --force "beside-$count"; done
}
