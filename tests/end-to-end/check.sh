#!/bin/bash
# What every end-to-end test uses: the hosts, the checks, and the proof that nothing is left. Sourced by run.sh.

# How much slower than a machine of today this one is, for every time limit: an emulated one is.
SLOWNESS=${SAMPAN_TEST_SLOWNESS:-1}

# The runtime under test in the files that take any.
RUNTIME=${RUNTIME:-sampan-oci}

# The host is 192.0.2.1; `outside` is a machine behind it at 192.0.2.2, which knows no route to any container.
set_up() {
  mkdir -p "$WORK"
  # crun refuses hybrid cgroups: they are put away where it is under test
  [ "${RUNTIME##*/}" != crun ] || ! mountpoint -q /sys/fs/cgroup/unified || umount /sys/fs/cgroup/unified
  # others give the null device away when it is a process's input: they get one of their own
  [ "$RUNTIME" = sampan-oci ] || { mknod -m 666 "$WORK/null" c 1 3 && mount --bind "$WORK/null" /dev/null; }
  mount -t tmpfs -o mode=0755 tmpfs /run/netns 2> /dev/null || { mkdir -p /run/netns && mount -t tmpfs tmpfs /run/netns; }
  ip link set lo up
  ip netns add outside
  ip link add host0 type veth peer name eth0 netns outside
  ip addr add 192.0.2.1/24 dev host0
  ip link set host0 up
  ip -n outside addr add 192.0.2.2/24 dev eth0
  ip -n outside link set eth0 up
  ip -n outside link set lo up
  ip route add default via 192.0.2.2
}


take_down() {
  force_clean
  ip netns del outside 2> /dev/null
}

warm_up() { run true; }

# run [flags...] COMMAND: one run of the busybox image, removed at the end.
run() {
  local flags=()
  while [[ ${1:-} == -* ]]; do flags+=("$1"); shift; done
  sampan run --rm "${flags[@]}" "$IMAGES/busybox-docker-save.tar" "$@"
}

# bundle DIR [jq filter]: a busybox bundle whose config.json is runc's default, without a terminal, changed by the filter.
bundle() {
  local dir=$1 filter=${2:-.} made
  # once for all tests with the same cgroups, which make a difference to the configuration: both programs start slowly
  made=$WORK/made-bundle-$(stat -f -c %T /sys/fs/cgroup)
  if [ ! -e "$made/config.json" ]; then
    mkdir -p "$made/rootfs"
    umoci raw unpack --image "$IMAGES/busybox-layout:latest" "$made/rootfs" > /dev/null 2>&1
    (cd "$made" && runc spec)
  fi
  rm -rf "$dir"
  mkdir -p "$dir"
  cp -a "$made/rootfs" "$dir/"
  # No cgroup path and no limits that this machine may refuse; the root file system is unpacked by umoci.
  jq '.process.terminal = false | del(.process.rlimits) | '"$filter" "$made/config.json" > "$dir/config.json"
}

fail() { echo "$*" >&2; exit 1; }
# needs PROGRAM-OR-FILE...: skips the test where one is missing.
needs() {
  local one
  for one in "$@"; do [ -e "$one" ] || command -v "$one" > /dev/null || skip "not here: ${one##*/}"; done
}

skip() { echo "$*"; exit 77; }

# with_criu: skips the test where no criu works with this kernel; sets $criu.
with_criu() {
  criu=$("$here/criu.sh" "$root/artifacts/criu" --cached 2> "$WORK/criu.log") || skip "no criu works with this kernel: $(tail -n 1 "$WORK/criu.log")"
}

# is WANTED GOT
is() { [ "$1" = "$2" ] || fail "wanted: $1 / got: $2"; }

# has TEXT PART
has() { [[ $1 == *"$2"* ]] || fail "wanted a part: $2 / got: $1"; }

# exits CODE COMMAND...: runs the command, which must exit so; its output goes to $WORK/stdout and $WORK/stderr.
exits() {
  local wanted=$1 got=0
  shift
  "$@" > "$WORK/stdout" 2> "$WORK/stderr" < /dev/null || got=$?
  [ "$got" -eq "$wanted" ] || fail "wanted exit code $wanted, got $got: $* / $(tail -n 3 "$WORK/stderr")"
}

# one_line_error: the last command of `exits` said exactly one line on stderr.
one_line_error() { is 1 "$(wc -l < "$WORK/stderr")"; }

# eventually COMMAND...: tries for up to five seconds.
eventually() {
  local until=$((SECONDS + 5 * SLOWNESS))
  while [ $SECONDS -le $until ]; do "$@" > /dev/null 2>&1 && return 0; sleep 0.05; done
  fail "did not come true: $*"
}

# runs NAME: the container has a first process.
runs() { [ "$(pid_of "$1")" -gt 0 ]; }

# pid_of NAME: the container's first process, as the host sees it.
pid_of() { sampan inspect "$1" | jq -e '.[0].State.Pid'; }

# client_of NAME: the `sampan run` of that container, which may be a child of the shell that was told to run it.
client_of() { pgrep -f "^sampan run .*--name=$1 "; }

# The processes of the programs under test, by what they execute: `pid name`.
programs() {
  local exe pid
  # by the file, not by its name: a monitor executes it through a mount that no path leads to
  find -L /proc/[0-9]*/exe -maxdepth 0 \( -samefile "$OUT/sampan" -printf "%h $OUT/sampan\n" \) -o \
    \( -samefile "$OUT/sampan-registry" -printf "%h $OUT/sampan-registry\n" \) -o \
    \( -samefile "$OUT/sampan-oci" -printf "%h $OUT/sampan-oci\n" \) 2> /dev/null | while read -r pid exe; do
    # only this run's: another one may be going on
    grep -qz "^SAMPAN_RUN=$SAMPAN_RUN\$" "$pid/environ" 2> /dev/null && echo "${pid#/proc/} $exe"
  done
  return 0
}

# Everything a container could leave, one thing per line.
snapshot() {
  findmnt -rno TARGET | sed 's/^/mount /'
  ip -o link | awk -F': ' '{ sub(/@.*/, "", $2); print "link " $2 }'
  ip -o addr | awk '{ print "address " $2 " " $4 }'
  nft list ruleset | sed 's/^/rule /'
  find /sys/fs/cgroup -type d -path '*sampan*/*' -not -name 'sampan*' 2> /dev/null | sed 's/^/cgroup /'
  programs | sed 's/^[0-9]* /process /'
  find "$SAMPAN_RUN" "$SAMPAN_DATA/containers" "$SAMPAN_DATA/names" 2> /dev/null | sed 's/^/file /'
}

# nothing_left BEFORE: waits up to three seconds for the state to be as before.
nothing_left() {
  local until=$((SECONDS + 3 * SLOWNESS))
  while [ $SECONDS -le $until ]; do
    snapshot > "$WORK/after"
    # a cgroup that has gone was somebody else's: this host has no cgroups of its own
    diff <(sort "$1") <(sort "$WORK/after") | grep '^[<>]' | grep -v '^< cgroup' > "$WORK/difference" || true
    [ -s "$WORK/difference" ] || return 0
    sleep 0.1
  done
  echo "something was left (>) or lost (<):"
  cat "$WORK/difference"
  return 1
}

# force_clean: ends what a failed test left, so that the next one starts clean.
force_clean() {
  local pid id state
  programs | while read -r pid _; do kill -KILL "$pid" 2> /dev/null; done
  timeout 20 sampan ps > /dev/null 2>&1
  for id in $(timeout 20 sampan ps -aq 2> /dev/null); do timeout 20 sampan rm -f "$id" > /dev/null 2>&1; done
  for state in "$WORK"/oci-*/*/state.json; do
    [ -e "$state" ] || continue
    state=${state%/state.json}
    timeout 20 sampan-oci --root "${state%/*}" delete --force "${state##*/}" > /dev/null 2>&1
  done
}
