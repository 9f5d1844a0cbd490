#!/bin/bash
# The main job, on show: makes a real image archive, runs a shell command in it, and lets that talk through its network to a
# small web server of a neighbour machine, which is a network namespace made here. The machine's own network is not touched.
set -euo pipefail
cd "$(dirname "$0")/.."
[ "$(id -u)" -eq 0 ] || { echo "demo: run as root (it makes network namespaces)" >&2; exit 1; }
if [ -z "${SAMPAN_DEMO_INSIDE:-}" ]; then
  SAMPAN_DEMO_INSIDE=1 exec unshare --net --mount --propagation private "$0"
fi

work=$(mktemp -d /tmp/sampan-demo.XXXXXX)
server=
cleanup() {
  [ -z "$server" ] || kill "$server"
  ip netns del neighbour 2> /dev/null || true
  rm -rf "$work"
}
trap cleanup EXIT
export SAMPAN_DATA=$work/data SAMPAN_RUN=$work/run

# A busybox image, built by umoci and written by skopeo as `docker save` would.
mkdir -p "$work/root"/{bin,dev,etc,proc,root,sys,tmp}
cp "$(command -v busybox)" "$work/root/bin/"
for applet in $(busybox --list); do [ "$applet" = busybox ] || ln -s busybox "$work/root/bin/$applet"; done
printf 'root:x:0:0:root:/root:/bin/sh\n' > "$work/root/etc/passwd"
umoci init --layout "$work/layout"
umoci new --image "$work/layout:latest"
umoci insert --image "$work/layout:latest" "$work/root" /
umoci config --image "$work/layout:latest" --config.cmd /bin/sh --config.env PATH=/bin --architecture amd64 --os linux
skopeo copy -q "oci:$work/layout:latest" "docker-archive:$work/busybox.tar:busybox:latest"

# The neighbour at 192.0.2.2: it knows this host's address and no container's.
mkdir -p /run/netns
mount -t tmpfs tmpfs /run/netns
ip link set lo up
ip netns add neighbour
ip link add host0 type veth peer name eth0 netns neighbour
ip addr add 192.0.2.1/24 dev host0
ip link set host0 up
ip -n neighbour addr add 192.0.2.2/24 dev eth0
ip -n neighbour link set eth0 up
ip route add default via 192.0.2.2
mkdir "$work/site"
echo "hello from the neighbour" > "$work/site/index.html"
ip netns exec neighbour busybox httpd -f -p 192.0.2.2:80 -h "$work/site" &
server=$!
sleep 0.2

# shellcheck disable=SC2016 # for the shell in the container
command='echo "I am pid $$ on $(hostname)"; ip addr show dev eth0; ip route
gateway=$(ip route | sed -n "s/^default via \([^ ]*\).*/\1/p")
ping -c 1 "$gateway" && wget -qO- http://192.0.2.2/'
echo "\$ sampan run --rm --hostname boat busybox.tar sh -c '...'"
out/sampan run --rm --hostname boat "$work/busybox.tar" sh -c "$command"
