#!/bin/bash
# Compares starts and memory with the peers, side by side in one run. A peer that is missing or fails ends it with an error:
# no row is left out. bench/run.sh [oci] [limits] [engine] [memory] [pull]; rounds by SAMPAN_BENCH_ROUNDS. BENCH_ONLY_PEERS=1 leaves out
# our own programs, to look at the peers alone.
set -euo pipefail
here=$(cd "$(dirname "$0")" && pwd)
root=$(cd "$here/.." && pwd)
[ $# -gt 0 ] || set -- oci limits engine memory pull
[ "$(id -u)" -eq 0 ] || { echo "bench: root is needed" >&2; exit 1; }
peers_only=${BENCH_ONLY_PEERS:-}

tools="runc crun podman containerd /usr/bin/docker dockerd umoci jq python3 gcc /usr/bin/time"
[ -n "$peers_only" ] || tools="$root/out/sampan $root/out/sampan-oci $tools"
for tool in $tools; do
  command -v "$tool" > /dev/null || { echo "bench: $tool is missing" >&2; exit 1; }
done

# A network, mounts and cgroup view of one's own: pure version 1, because crun refuses hybrid cgroups, and the same for all.
if [ -z "${SAMPAN_BENCH_INSIDE:-}" ]; then
  "$root/tests/images/make-images.sh" "$root/artifacts/images" busybox
  SAMPAN_BENCH_INSIDE=1 exec unshare --net --mount --propagation private "$0" "$@"
fi
! mountpoint -q /sys/fs/cgroup/unified || umount /sys/fs/cgroup/unified
mkdir -p /run/netns
mount -t tmpfs tmpfs /run/netns
ip link set lo up

# shellcheck source=tests/images/dockerd.sh
. "$root/tests/images/dockerd.sh"
# shellcheck source=bench/oci.sh
. "$here/oci.sh"
# shellcheck source=bench/pull.sh
. "$here/pull.sh"
work=$(mktemp -d /tmp/sampan-bench.XXXXXX)
chmod 711 "$work" # a user namespace's root goes through it
# some peers give their streams to the container's user, and the machine's null device with them
mknod -m 666 "$work/null" c 1 3
mount --bind "$work/null" /dev/null
image=$root/artifacts/images/busybox-docker-save.tar
export SAMPAN_DATA=$work/data SAMPAN_RUN=$work/run CONTAINERS_CONF=$work/containers.conf
podman=(podman --root "$work/podman" --runroot "$work/podman-run" --storage-driver=overlay)
cleanup() {
  set +e
  "${podman[@]}" rm -fa > /dev/null 2>&1
  end_oci
  [ -z "$pull_server" ] || kill "$pull_server" 2> /dev/null
  [ -n "$peers_only" ] || "$root/out/sampan" rm -f bench > /dev/null 2>&1
  [ -z "${DOCKER_HOST:-}" ] || /usr/bin/docker rm -f bench > /dev/null 2>&1
  stop_dockerd
  findmnt -rno TARGET | grep "^$work/" | sort -r | xargs -r -n 1 umount -l
  rm -rf "$work"
  # The engines leave their empty parents in every hierarchy; one that is in use can not be removed.
  rmdir /sys/fs/cgroup/*/docker /sys/fs/cgroup/*/libpod_parent 2> /dev/null
}
trap cleanup EXIT

printf '[containers]\ndefault_ulimits=[]\n[engine]\ncgroup_manager="cgroupfs"\nevents_logger="file"\nruntime="crun"\n' > "$CONTAINERS_CONF"

# row NAME AGAINST COMMAND...: one row as JSON; AGAINST is names of rows with semicolons between them, or empty.
row() {
  local name=$1 against=$2
  shift 2
  # By lines on stdin, because jq would take the command's flags for its own.
  printf '%s\n' "$@" | jq -Rnc --arg name "$name" --arg against "$against" '{$name, command: [inputs], against: ($against | split(";"))}'
}

# timed ROUNDS: the rows on stdin, on a machine that rests between them, and one after the other without a pause.
timed() {
  local rows
  rows=$(jq -s .)
  echo "after a pause of 0.3 s each"
  "$here/rounds.py" "$1" 0.3 <<< "$rows"
  echo "one after the other"
  "$here/rounds.py" "$1" 0 <<< "$rows"
}

start_engines() {
  [ -z "${DOCKER_HOST:-}" ] || return 0
  start_dockerd "$work/docker" --storage-driver=overlay2
  /usr/bin/docker load -q -i "$image" > /dev/null
  "${podman[@]}" load -q -i "$image" > /dev/null
}

bench_engine() {
  local sampan=$root/out/sampan network
  start_engines
  echo
  echo "Engines: run --rm of busybox true"
  {
    for network in bridge none; do
      row "docker $network" "" /usr/bin/docker run --rm --network "$network" busybox:latest true
      row "podman $network" "" "${podman[@]}" run --rm --network "${network/bridge/podman}" busybox:latest true
      [ -n "$peers_only" ] || row "sampan $network" "docker $network;podman $network" "$sampan" run --rm --network "$network" "$image" true
    done
  } | timed "${SAMPAN_BENCH_ENGINE_ROUNDS:-12}"
}

# pss NAME PID: proportional set size, which counts shared pages once.
pss() { awk -v name="$1" '/^Pss:/ { printf "%-44s %10d\n", name, $2 }' "/proc/$2/smaps_rollup"; }

bench_memory() {
  local sampan=$root/out/sampan pid
  start_engines
  echo
  printf '%-44s %10s\n' "Memory of what watches one container" "PSS KiB"
  /usr/bin/docker run -d --name bench --network none busybox:latest sleep 1000 > /dev/null
  # The shim of this daemon is the one whose command line names its containerd.
  pid=$(pgrep -f "containerd-shim.*$work/docker/containerd/sock" | head -n 1)
  [ -n "$pid" ] || { echo "bench: no containerd-shim found" >&2; exit 1; }
  pss containerd-shim "$pid"
  /usr/bin/docker rm -f bench > /dev/null
  "${podman[@]}" run -d --name bench --network none --conmon-pidfile "$work/conmon.pid" busybox:latest sleep 1000 > /dev/null
  pss conmon "$(cat "$work/conmon.pid")"
  "${podman[@]}" rm -f bench > /dev/null 2>&1
  [ -n "$peers_only" ] || {
    "$sampan" run -d --name bench --network none "$image" sleep 1000 > /dev/null
    pid=$("$sampan" inspect bench | jq -r '.[0].State.Pid')
    pss "sampan's monitor" "$(awk '/^PPid:/ { print $2 }' "/proc/$pid/status")"
    "$sampan" rm -f bench > /dev/null
  }
}

echo "$(nproc) cores, Linux $(uname -r), $(runc --version | head -n 1), $(crun --version | head -n 1), $(podman --version)"
for part in "$@"; do
  case $part in
    oci | limits | engine | memory | pull) "bench_$part" ;;
    *) echo "bench: unknown part: $part (known: oci limits engine memory pull)" >&2; exit 2 ;;
  esac
done
