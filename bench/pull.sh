#!/bin/bash
# Pulls of an image of about 1 GB in gzip layers from a registry on loopback, each into a store that has nothing. Sourced by run.sh.

pull_registry=127.0.0.1:5000
pull_server=

# A root file system of more than 12,000 files, three times in three layers.
make_large() {
  local layout=$root/artifacts/images/large-layout tree=$work/large copy
  [ ! -e "$layout" ] || return 0
  "$root/tests/images/make-images.sh" "$root/artifacts/images" debian
  mkdir -p "$tree"
  umoci init --layout "$layout.new"
  umoci new --image "$layout.new:latest"
  for copy in 1 2 3; do
    mkdir "$tree/$copy"
    tar --numeric-owner --xattrs -C "$tree/$copy" -xpf "$root/artifacts/images/debian-root.tar"
    echo "$copy" > "$tree/$copy/copy"
    umoci insert --image "$layout.new:latest" "$tree/$copy" "/$copy"
    rm -rf "${tree:?}/$copy"
  done
  umoci config --image "$layout.new:latest" --config.cmd /1/bin/true --architecture amd64 --os linux
  umoci gc --layout "$layout.new"
  mv "$layout.new" "$layout"
}

# pulled NAME CLEAN COMMAND...: the time of the command after CLEAN, the median of three rounds.
pulled() {
  local name=$1 clean=$2 times=() round start
  shift 2
  for round in 1 2 3; do
    eval "$clean" > /dev/null 2>&1
    sync
    start=$(date +%s%N)
    "$@" > /dev/null 2>&1 || { echo "bench: $name failed in round $round" >&2; exit 1; }
    times+=("$((($(date +%s%N) - start) / 1000000))")
  done
  printf '%-34s %8d ms\n' "$name" "$(printf '%s\n' "${times[@]}" | sort -n | sed -n 2p)"
}

bench_pull() {
  command -v docker-registry > /dev/null || { echo "bench: docker-registry is missing" >&2; exit 1; }
  make_large
  start_engines
  mkdir "$work/registry"
  printf 'version: 0.1\nlog: {level: error, accesslog: {disabled: true}}\nstorage: {filesystem: {rootdirectory: %s}}\nhttp: {addr: "%s"}\n' \
    "$work/registry" "$pull_registry" > "$work/registry.yml"
  docker-registry serve "$work/registry.yml" > "$work/registry.log" 2>&1 &
  pull_server=$!
  sleep 1
  skopeo copy -q --dest-tls-verify=false "oci:$root/artifacts/images/large-layout:latest" "docker://$pull_registry/large"
  echo
  echo "Pull of $(du -sm "$work/registry" | cut -f 1) MB of gzip layers from a registry on loopback, median of three"
  pulled "docker pull" "/usr/bin/docker rmi -f $pull_registry/large" /usr/bin/docker pull -q "$pull_registry/large"
  pulled "podman pull" "${podman[*]} rmi -f $pull_registry/large" "${podman[@]}" pull -q --tls-verify=false "$pull_registry/large"
  pulled "skopeo copy to a folder (no unpacking)" "rm -rf $work/copied" skopeo copy -q --src-tls-verify=false "docker://$pull_registry/large" "dir:$work/copied"
  [ -n "$peers_only" ] || pulled "sampan pull" "SAMPAN_DATA=$work/pulled $root/out/sampan rmi -f $pull_registry/large" \
    env "SAMPAN_DATA=$work/pulled" "$root/out/sampan" pull -q "$pull_registry/large"
  kill "$pull_server"
}
