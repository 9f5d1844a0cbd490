#!/bin/bash
# Debian's engines over sampan-oci, as they are: containerd's ctr and CRI plugin, dockerd, podman, buildah. Daemons have their
# state in the test's folder and end with the test.

# in_own_mounts: what a daemon mounts and does not take away again goes with the test.
in_own_mounts() {
  [ -z "${SAMPAN_TEST_OWN_MOUNTS:-}" ] || return 0
  SAMPAN_TEST_OWN_MOUNTS=1 unshare --mount --propagation private "$here/run.sh" --one "${FUNCNAME[1]}"
  exit $?
}

daemons=()
# shellcheck source=tests/images/dockerd.sh
. "$root/tests/images/dockerd.sh"

# end_daemons DIR: in the reverse order of their start; and the cgroups that engines keep for good.
end_daemons() {
  local i
  set +e # everything is tried
  stop_dockerd
  for ((i = ${#daemons[@]} - 1; i >= 0; i--)); do
    kill "${daemons[i]}" 2> /dev/null && wait "${daemons[i]}"
  done
  daemons=()
  rm -rf "$1" 2> /dev/null
  find /sys/fs/cgroup -depth -type d -path '*/sampan-callers*' -exec rmdir {} + 2> /dev/null
}

# on_a_terminal COMMAND...: nothing is typed, but the input does not end either: podman leaves at its end, before the output is there.
# With exec the command leads the terminal's session: a shell that stays would leave timeout's children in the background, stopped.
on_a_terminal() {
  mkfifo "$WORK/typed"
  script -qec "exec $*" /dev/null <> "$WORK/typed"
  rm "$WORK/typed"
}

# start_containerd DIR: with the CRI plugin, whose pods run in sampan-oci too.
start_containerd() {
  local dir=$1
  mkdir -p "$dir/root" "$dir/state"
  cat > "$dir/config.toml" << TOML
version = 2
root = "$dir/root"
state = "$dir/state"
[grpc]
  address = "$dir/sock"
[plugins."io.containerd.grpc.v1.cri"]
  sandbox_image = "docker.io/library/sandbox:1"
  restrict_oom_score_adj = true
[plugins."io.containerd.grpc.v1.cri".containerd]
  snapshotter = "native"
  default_runtime_name = "sampan"
[plugins."io.containerd.grpc.v1.cri".containerd.runtimes.sampan]
  runtime_type = "io.containerd.runc.v2"
[plugins."io.containerd.grpc.v1.cri".containerd.runtimes.sampan.options]
  BinaryName = "$OUT/sampan-oci"
  Root = "$dir/runc"
TOML
  PATH=/usr/sbin:/usr/bin:/sbin:/bin containerd --config "$dir/config.toml" > "$dir/log" 2>&1 &
  daemons+=("$!")
  eventually test -S "$dir/sock"
}

Containerds_ctr_runs_executes_pauses_and_kills() {
  in_own_mounts
  local dir=$WORK/ctr image=docker.io/library/busybox:latest
  # shellcheck disable=SC2064 # this folder
  trap "end_daemons $dir" EXIT
  start_containerd "$dir"
  ctr() { timeout 30 /usr/bin/ctr --address "$dir/sock" "$@"; }
  start() { ctr run --snapshotter native --runc-binary "$OUT/sampan-oci" --runc-root "$dir/runc" --cgroup "/sampan-callers/$RANDOM" "$@"; }
  ctr images import --snapshotter native "$IMAGES/busybox-docker-save.tar" > /dev/null
  is hello "$(start --rm "$image" one echo hello)"
  exits 7 start --rm "$image" two sh -c 'exit 7'
  has "$(on_a_terminal timeout 30 ctr --address "$dir/sock" run --snapshotter native --runc-binary "$OUT/sampan-oci" --runc-root "$dir/runc" \
    --cgroup "/sampan-callers/terminal" --rm --tty "$image" terminal tty)" /dev/pts/0
  exits 1 start --rm "$image" three /no/such
  has "$(tr N n < "$WORK/stderr")" 'no such file or directory'
  start --detach "$image" four sleep 100
  is inside "$(ctr task exec --exec-id e1 four echo inside)"
  has "$(on_a_terminal timeout 30 ctr --address "$dir/sock" task exec --tty --exec-id e3 four tty)" /dev/pts/
  exits 1 ctr task exec --exec-id e2 four no-such
  has "$(cat "$WORK/stderr")" 'executable file not found in $PATH'
  ctr task pause four
  has "$(ctr task ls)" PAUSED
  ctr task resume four
  has "$(ctr task ls)" RUNNING
  has "$(ctr task metrics four)" pids.current
  ctr task kill --signal KILL four
  eventually sh -c "/usr/bin/ctr --address $dir/sock task ls | grep -q STOPPED"
  ctr task rm four > /dev/null 2>&1
  ctr container rm four
}

A_pod_of_containerds_cri_plugin_runs() {
  in_own_mounts
  local dir=$WORK/cri said
  /usr/bin/python3 -c 'import grpc' 2> /dev/null || skip "python3-grpcio is not installed"
  # shellcheck disable=SC2064 # this folder
  trap "end_daemons $dir" EXIT
  mkdir -p "$dir"
  cp -a "$IMAGES/busybox-layout" "$dir/sandbox"
  umoci config --image "$dir/sandbox:latest" --tag pause --config.cmd sleep --config.cmd 1000
  skopeo copy -q "oci:$dir/sandbox:pause" "docker-archive:$dir/sandbox.tar:docker.io/library/sandbox:1"
  start_containerd "$dir"
  ctr --address "$dir/sock" --namespace k8s.io images import --snapshotter native "$IMAGES/busybox-docker-save.tar" > /dev/null
  ctr --address "$dir/sock" --namespace k8s.io images import --snapshotter native "$dir/sandbox.tar" > /dev/null
  sleep 1 # the plugin hears of images a moment later
  said=$(timeout 60 "$here/cri.py" "$dir/sock" docker.io/library/busybox:latest)
  is 'exec: inside exit: 9 state: 1 ended: 2 143' "$(echo $said)"
}

# start_docker DIR: every container runs in sampan-oci. No bridge: the test is about the runtime.
start_docker() {
  start_dockerd "$1" --storage-driver vfs --iptables=false --ip6tables=false --bridge=none --exec-opt native.cgroupdriver=cgroupfs \
    --cgroup-parent /sampan-callers --add-runtime "sampan=$OUT/sampan-oci" --default-runtime sampan || fail "dockerd did not start"
  docker() { timeout 40 /usr/bin/docker "$@"; }
  docker load -q -i "$IMAGES/busybox-docker-save.tar" > /dev/null
}

Docker_runs_and_tells_failures_apart() {
  in_own_mounts
  # shellcheck disable=SC2064 # this folder
  trap "end_daemons $WORK/docker" EXIT
  start_docker "$WORK/docker"
  is hello "$(docker run --rm --network none busybox echo hello)"
  exits 7 docker run --rm --network none --runtime sampan busybox sh -c 'exit 7'
  exits 127 docker run --rm --network none busybox /no/such
  exits 127 docker run --rm --network none busybox no-such
  exits 126 docker run --rm --network none busybox /etc/passwd
  exits 126 docker run --rm --network none busybox /etc
  is /home/user "$(docker run --rm --network none --user user busybox sh -c 'echo $HOME > /dev/stdout')"
  is 0000000000000000 "$(docker run --rm --network none --cap-drop ALL --read-only busybox awk '/CapEff/ { print $2 }' /proc/self/status)"
  is 33554432 "$(docker run --rm --network none --memory 32m --cpus 0.5 busybox cat /sys/fs/cgroup/memory/memory.limit_in_bytes)"
  has "$(on_a_terminal timeout 40 docker run --rm --network none -it busybox tty)" /dev/pts/0
}

Docker_keeps_changes_and_stops_containers() {
  in_own_mounts
  # shellcheck disable=SC2064 # this folder
  trap "end_daemons $WORK/docker" EXIT
  start_docker "$WORK/docker"
  docker run -d --network none --name web busybox sh -c 'echo started; exec sleep 100' > /dev/null
  is inside "$(docker exec web echo inside)"
  is '1000 /tmp b' "$(docker exec -u 1000 -w /tmp -e A=b web sh -c 'echo $(id -u) $(pwd) $A')"
  exits 126 docker exec web no-such # what docker 20.10 makes of runc's same words
  docker pause web > /dev/null
  has "$(docker ps --format '{{.Status}}')" Paused
  docker unpause web > /dev/null
  docker update --memory 64m --memory-swap 64m --cpus 0.5 --pids-limit 50 web > /dev/null
  is 67108864 "$(docker exec web cat /sys/fs/cgroup/memory/memory.limit_in_bytes)"
  is 50 "$(docker exec web cat /sys/fs/cgroup/pids/pids.max)"
  has "$(docker top web)" 'sleep 100'
  has "$(docker stats --no-stream --format '{{.MemUsage}}' web)" '64MiB'
  is started "$(docker logs web)"
  docker stop -t 1 web > /dev/null
  is 137 "$(docker inspect -f '{{.State.ExitCode}}' web)"
  docker start web > /dev/null
  docker restart -t 0 web > /dev/null
  is true "$(docker inspect -f '{{.State.Running}}' web)"
  docker rm -f web > /dev/null
  docker run -d --network none --name healthy --health-cmd true --health-interval 1s busybox sleep 100 > /dev/null
  eventually sh -c "[ \"\$(/usr/bin/docker inspect -f '{{.State.Health.Status}}' healthy)\" = healthy ]"
  docker rm -f healthy > /dev/null
  docker run -d --network none --name again --restart on-failure:2 busybox sh -c 'exit 3' > /dev/null
  eventually sh -c "[ \"\$(/usr/bin/docker inspect -f '{{.RestartCount}}' again)\" = 2 ]"
  docker rm -f again > /dev/null
  docker run -d --network none --name shared busybox sleep 100 > /dev/null
  has "$(docker run --rm --network none --pid container:shared busybox ps)" 'sleep 100'
  docker rm -f shared > /dev/null
}

# start_podman DIR: podman over sampan-oci, with the settings that a machine without CAP_SYS_RESOURCE needs.
start_podman() {
  mkdir -p "$1"
  cat > "$1/containers.conf" << TOML
[containers]
default_ulimits = []
[engine]
cgroup_manager = "cgroupfs"
events_logger = "file"
runtime = "sampan"
runtime_supports_json = ["sampan"]
runtime_supports_nocgroup = ["sampan"]
[engine.runtimes]
sampan = ["$OUT/sampan-oci"]
TOML
  export CONTAINERS_CONF=$1/containers.conf
  store=(--root "$1/store" --runroot "$1/run" --storage-driver vfs)
  podman() { timeout 60 /usr/bin/podman "${store[@]}" --tmpdir "$WORK/podman/tmp" "$@"; }
  podman load -q -i "$IMAGES/busybox-docker-save.tar" > /dev/null
}

Podman_runs_executes_pauses_and_stops() {
  in_own_mounts
  # shellcheck disable=SC2064 # this folder
  trap "end_daemons $WORK/podman" EXIT
  start_podman "$WORK/podman"
  quiet=(--network none --cgroup-parent /sampan-callers)
  is hello "$(podman run --rm "${quiet[@]}" busybox echo hello)"
  exits 7 podman run --rm "${quiet[@]}" busybox sh -c 'exit 7'
  exits 127 podman run --rm "${quiet[@]}" busybox no-such
  exits 126 podman run --rm "${quiet[@]}" busybox /etc/passwd
  is 33554432 "$(podman run --rm "${quiet[@]}" -m 32m --cpus 0.5 busybox cat /sys/fs/cgroup/memory/memory.limit_in_bytes)"
  is nowhere "$(podman run --rm --network none --cgroups disabled busybox echo nowhere)"
  has "$(on_a_terminal timeout 60 podman "${store[@]}" --tmpdir "$WORK/podman/tmp" run --rm "${quiet[@]}" -it busybox tty)" /dev/pts/0
  podman run -d "${quiet[@]}" --name web busybox sleep 100 > /dev/null
  is inside "$(podman exec web echo inside)"
  exits 127 podman exec web no-such
  exits 126 podman exec web /etc/passwd
  podman pause web > /dev/null
  has "$(podman ps -a --format '{{.Status}}')" Paused
  podman unpause web > /dev/null
  has "$(podman top web)" 'sleep 100'
  podman stop -t 1 web > /dev/null
  podman start web > /dev/null
  podman rm -f -t 0 web > /dev/null
  is '' "$(podman ps -aq)"
}

Podman_makes_a_pod_and_builds_an_image() {
  in_own_mounts
  # shellcheck disable=SC2064 # this folder
  trap "end_daemons $WORK/podman" EXIT
  start_podman "$WORK/podman"
  mkdir "$WORK/podman/infra"
  cat > "$WORK/podman/infra/Containerfile" << FILE
FROM busybox
CMD ["sleep", "1000"]
FILE
  podman build -q --network none -t infra "$WORK/podman/infra" > /dev/null
  podman pod create --network none --cgroup-parent /sampan-callers --infra-image infra --share ipc,uts,pid,net --name pod > /dev/null
  podman run -d --pod pod --name inpod busybox sleep 200 > /dev/null
  has "$(podman exec inpod ps)" 'sleep 1000' # the pid namespace is that of the pod
  podman pod rm -f -t 0 pod > /dev/null
  cat > "$WORK/podman/infra/Containerfile" << FILE
FROM busybox
RUN echo made > /made
USER user
CMD ["cat", "/made"]
FILE
  podman build -q --network none -t built "$WORK/podman/infra" > /dev/null
  is made "$(podman run --rm --network none --cgroup-parent /sampan-callers built)"
}

Buildah_runs_a_command() {
  in_own_mounts
  local container store
  # shellcheck disable=SC2064 # this folder
  trap "end_daemons $WORK/podman" EXIT
  start_podman "$WORK/podman"
  container=$(buildah "${store[@]}" from --pull-never busybox)
  is from-buildah "$(timeout 40 buildah "${store[@]}" run --runtime "$OUT/sampan-oci" --network none "$container" echo from-buildah)"
  exits 5 timeout 40 buildah "${store[@]}" run --runtime "$OUT/sampan-oci" --network none "$container" sh -c 'exit 5'
  buildah "${store[@]}" rm "$container" > /dev/null
}

Podman_checkpoints_and_restores() {
  with_criu
  in_own_mounts
  # shellcheck disable=SC2064 # this folder
  trap "end_daemons $WORK/podman" EXIT
  start_podman "$WORK/podman"
  mkdir -p "$WORK/criu-path"
  ln -sf "$criu" "$WORK/criu-path/criu"
  PATH=$WORK/criu-path:$PATH
  podman run --detach --network none --cgroup-parent /sampan-callers --name one busybox sh -c 'i=0; while :; do i=$((i+1)); echo $i > /count; sleep 0.1; done' > /dev/null
  eventually podman exec one test -s /count
  podman container checkpoint one > /dev/null
  is exited "$(podman inspect --format '{{.State.Status}}' one)"
  podman container restore one > /dev/null
  is running "$(podman inspect --format '{{.State.Status}}' one)"
  local before
  before=$(podman exec one cat /count)
  [ "$before" -gt 1 ] || fail "it began anew: $before"
  podman rm --force --time 0 one > /dev/null
  rm -rf "$WORK/criu-path"
}

Docker_checkpoints_and_starts_from_it() {
  with_criu
  in_own_mounts
  # shellcheck disable=SC2064 # this folder
  trap "end_daemons $WORK/docker" EXIT
  mkdir -p "$WORK/docker"
  jq -n --arg path "$OUT/sampan-oci" --arg criu "$criu" '{runtimes: {sampan: {path: $path, runtimeArgs: ["--criu", $criu]}}}' > "$WORK/docker/daemon.json"
  start_dockerd "$WORK/docker" --config-file "$WORK/docker/daemon.json" --experimental --storage-driver vfs --iptables=false --ip6tables=false --bridge=none \
    --exec-opt native.cgroupdriver=cgroupfs --cgroup-parent /sampan-callers --default-runtime sampan || fail "dockerd did not start"
  docker() { timeout 40 /usr/bin/docker "$@"; }
  docker load -q -i "$IMAGES/busybox-docker-save.tar" > /dev/null
  docker run --detach --network none --name one busybox sh -c 'i=0; while :; do i=$((i+1)); echo $i > /count; sleep 0.1; done' > /dev/null
  eventually docker exec one test -s /count
  docker checkpoint create one saved > /dev/null
  eventually sh -c "[ \"\$(/usr/bin/docker inspect -f '{{.State.Running}}' one)\" = false ]"
  # docker gives it to containerd, which says "already exists" until it has collected what it saved itself
  eventually docker start --checkpoint saved one
  is true "$(docker inspect -f '{{.State.Running}}' one)"
  local before
  before=$(docker exec one cat /count)
  [ "$before" -gt 1 ] || fail "it began anew: $before"
  docker rm -f one > /dev/null
}
