#!/bin/sh
# Installs the Debian packages that the named purposes need and that are missing: setup.sh build|demo|test|vm|bench ...
set -eu

packages=
for purpose in "$@"; do
  case $purpose in
    build) packages="$packages gcc libc6-dev binutils zlib1g-dev libssl-dev file util-linux" ;;
    demo)  packages="$packages busybox-static skopeo umoci iproute2 nftables" ;;
    test)  packages="$packages busybox-static skopeo umoci buildah podman docker.io containerd debootstrap iproute2 nftables \
                     iptables iputils-ping procps curl jq tmux netcat-openbsd python3 bsdutils uidmap passt slirp4netns systemd runc crun \
                     python3-grpcio socat zstd firewalld dbus-daemon" ;;
    vm)    packages="$packages qemu-system-x86 kmod cpio e2fsprogs xz-utils debian-archive-keyring passwd bash curl jq passt slirp4netns uidmap apparmor systemd" ;;
    bench) packages="$packages time fuse-overlayfs iptables" ;;
    *) echo "setup: unknown purpose: $purpose (known: build demo test vm bench)" >&2; exit 2 ;;
  esac
done

missing=
for package in $packages; do
  case " $missing " in *" $package "*) continue ;; esac
  [ "$(dpkg-query -W -f '${db:Status-Status}' "$package" 2>/dev/null)" = installed ] || missing="$missing $package"
done

if ! command -v dotnet >/dev/null; then
  echo "setup: the .NET SDK 10 is needed (https://dotnet.microsoft.com/download), and dotnet is not on the PATH" >&2
  exit 1
fi
[ -n "$missing" ] || exit 0

if [ "$(id -u)" -ne 0 ]; then
  echo "setup: packages are missing; run as root: apt-get install --no-install-recommends$missing" >&2
  exit 1
fi

# Installing a container engine must not start its daemon: the tests start their own, with private state.
policy=/usr/sbin/policy-rc.d
if [ ! -e "$policy" ]; then
  printf '#!/bin/sh\nexit 101\n' > "$policy"
  chmod 0755 "$policy"
  trap 'rm -f "$policy"' EXIT
fi
apt-get update -q
# shellcheck disable=SC2086 # one word per package
DEBIAN_FRONTEND=noninteractive apt-get install -q -y --no-install-recommends $missing
