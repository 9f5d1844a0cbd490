#!/bin/bash
# A docker daemon of one's own, sourced by the image maker and the benchmark: private state, no bridge, ended by its pid.
# start_dockerd DIR [dockerd flags...] sets DOCKER_HOST and dockerd_pids; stop_dockerd ends what it started.
# shellcheck disable=SC2034 # the sourcing script reads the variables

dockerd_pids=()

start_dockerd() {
  local dir=$1
  shift
  mkdir -p "$dir/containerd" "$dir/exec"
  # The programs of Debian, and not others that may come first on the PATH.
  PATH=/usr/sbin:/usr/bin:/sbin:/bin containerd --root "$dir/containerd/root" --state "$dir/containerd/state" \
    --address "$dir/containerd/sock" > "$dir/containerd.log" 2>&1 &
  dockerd_pids=("$!")
  for _ in $(seq 100); do [ -S "$dir/containerd/sock" ] && break; sleep 0.1; done
  PATH=/usr/sbin:/usr/bin:/sbin:/bin dockerd --data-root "$dir/data" --exec-root "$dir/exec" --pidfile "$dir/dockerd.pid" \
    -H "unix://$dir/docker.sock" --containerd "$dir/containerd/sock" "$@" > "$dir/dockerd.log" 2>&1 &
  dockerd_pids+=("$!")
  export DOCKER_HOST="unix://$dir/docker.sock"
  for _ in $(seq 200); do
    /usr/bin/docker version > /dev/null 2>&1 && return 0
    sleep 0.1
  done
  echo "dockerd did not start; the end of its log:" >&2
  tail -n 5 "$dir/dockerd.log" >&2
  return 1
}

stop_dockerd() {
  local i
  # The daemon before its containerd.
  for ((i = ${#dockerd_pids[@]} - 1; i >= 0; i--)); do
    kill "${dockerd_pids[i]}" 2> /dev/null || continue
    wait "${dockerd_pids[i]}" 2> /dev/null
  done
  dockerd_pids=()
}
