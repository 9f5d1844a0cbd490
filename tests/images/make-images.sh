#!/bin/bash
# Makes real image archives with real tools: make-images.sh OUTDIR [busybox] [debian]
# busybox: three layers with whiteouts and an opaque folder; debian: a root file system of more than 10,000 files.
# OUTDIR is a cache: an archive that exists is kept.
set -euo pipefail
here=$(cd "$(dirname "$0")" && pwd)
out=$(mkdir -p "$1" && cd "$1" && pwd)
shift
[ $# -gt 0 ] || set -- busybox debian
[ "$(id -u)" -eq 0 ] || { echo "make-images: root is needed (debootstrap, owners in layers)" >&2; exit 1; }
# shellcheck source=tests/images/dockerd.sh
. "$here/dockerd.sh"

work=$(mktemp -d /tmp/sampan-images.XXXXXX)
cleanup() {
  stop_dockerd
  for mount in $(findmnt -rno TARGET | grep "^$work/" | sort -r); do umount "$mount"; done
  rm -rf "$work"
}
trap cleanup EXIT
store=(--root "$work/store" --runroot "$work/run" --storage-driver=vfs)

busybox_root() {
  local root=$1 applet
  mkdir -p "$root"/{bin,dev,etc,proc,root,sys,tmp,usr/bin,var/lib,home/user,replaced/deep,opaque}
  chmod 1777 "$root/tmp"
  chown 1000:1000 "$root/home/user"
  cp "$(command -v busybox)" "$root/bin/busybox"
  for applet in $(busybox --list); do [ "$applet" = busybox ] || ln -s busybox "$root/bin/$applet"; done
  printf 'root:x:0:0:root:/root:/bin/sh\nuser:x:1000:1000::/home/user:/bin/sh\n' > "$root/etc/passwd"
  printf 'root:x:0:\nuser:x:1000:\nextra:x:2000:user\n' > "$root/etc/group"
  echo 'first layer' > "$root/etc/layer"
  echo 'to be deleted' > "$root/etc/deleted"
  echo 'to be hidden' > "$root/opaque/hidden"
  echo 'below' > "$root/replaced/deep/file"
  ln "$root/etc/layer" "$root/etc/layer-link"
}

# Three layers: a root; then a file deleted and one replaced; then a folder replaced as a whole (opaque).
busybox_layout() {
  local layout=$1 tag=$1:latest tree=$work/tree
  busybox_root "$tree/1"
  mkdir -p "$tree/2/etc" "$tree/3/opaque"
  echo 'second layer' > "$tree/2/etc/layer"
  echo 'third layer' > "$tree/3/opaque/seen"
  umoci init --layout "$layout"
  umoci new --image "$tag"
  umoci insert --image "$tag" "$tree/1" /
  umoci insert --image "$tag" --whiteout /etc/deleted
  umoci insert --image "$tag" "$tree/2/etc/layer" /etc/layer
  umoci insert --image "$tag" --opaque "$tree/3/opaque" /opaque
  umoci config --image "$tag" --config.cmd /bin/sh --config.env PATH=/bin:/usr/bin --config.env IMAGE=busybox \
    --config.workingdir /tmp --architecture amd64 --os linux
  umoci gc --layout "$layout"
}

debian_layout() {
  local layout=$1 tag=$1:latest cache=$out/debian-root.tar root=$work/debian extra=
  if [ ! -s "$cache" ]; then
    # minbase alone stays under 10,000 files.
    extra=perl,python3,git,openssl,ca-certificates,iproute2
    debootstrap --variant=minbase --include="$extra" bookworm "$root" > "$work/debootstrap.log" 2>&1 \
      || { tail -n 5 "$work/debootstrap.log" >&2; return 1; }
    rm -rf "$root"/var/cache/apt/archives/*.deb
    tar --numeric-owner --xattrs -C "$root" -cf "$cache.new" .
    mv "$cache.new" "$cache"
  else
    mkdir "$root"
    tar --numeric-owner --xattrs -C "$root" -xpf "$cache"
  fi
  local files
  files=$(find "$root" -xdev | wc -l)
  [ "$files" -gt 10000 ] || { echo "make-images: the Debian root has only $files files" >&2; return 1; }
  echo "debian: $files files"
  umoci init --layout "$layout"
  umoci new --image "$tag"
  umoci insert --image "$tag" "$root" /
  umoci config --image "$tag" --config.cmd /bin/bash --config.env PATH=/usr/sbin:/usr/bin:/sbin:/bin --architecture amd64 --os linux
  umoci gc --layout "$layout"
  rm -rf "$root"
}

# wanted FILE: tells whether the archive is still to be made; make it under FILE.new and call made.
wanted() { [ ! -e "$out/$1" ]; }
made() { mv "$out/.new" "$out/$1"; echo "made $1"; }

archives() {
  local name=$1 layout=$out/$1-layout
  if wanted "$name-layout"; then
    "${name}_layout" "$work/$name-layout"
    mv "$work/$name-layout" "$layout"
  fi
  if wanted "$name-skopeo-docker.tar"; then
    skopeo copy -q "oci:$layout:latest" "docker-archive:$out/.new:$name:latest"; made "$name-skopeo-docker.tar"
  fi
  if wanted "$name-skopeo-oci.tar"; then
    skopeo copy -q "oci:$layout:latest" "oci-archive:$out/.new:latest"; made "$name-skopeo-oci.tar"
  fi
  if wanted "$name-podman-docker.tar" || wanted "$name-podman-oci.tar" || wanted "$name-buildah-docker.tar"; then
    skopeo copy -q "oci:$layout:latest" "containers-storage:[vfs@$work/store+$work/run]localhost/$name:latest"
    rm -f "$out/$name-podman-docker.tar" "$out/$name-podman-oci.tar" "$out/$name-buildah-docker.tar"
    podman "${store[@]}" save -q --format docker-archive -o "$out/.new" "localhost/$name:latest"; made "$name-podman-docker.tar"
    podman "${store[@]}" save -q --format oci-archive -o "$out/.new" "localhost/$name:latest"; made "$name-podman-oci.tar"
    buildah "${store[@]}" push -q "localhost/$name:latest" "docker-archive:$out/.new:$name:latest"; made "$name-buildah-docker.tar"
  fi
  if wanted "$name-docker-save.tar"; then
    if [ "${#dockerd_pids[@]}" -eq 0 ]; then
      start_dockerd "$work/docker" --iptables=false --ip6tables=false --bridge=none --storage-driver=vfs
    fi
    /usr/bin/docker load -q -i "$out/$name-skopeo-docker.tar" > /dev/null
    /usr/bin/docker save -o "$out/.new" "$name:latest"; made "$name-docker-save.tar"
    /usr/bin/docker rmi -f "$name:latest" > /dev/null
  fi
  if wanted "$name-docker-new.tar"; then
    "$here/rewrite-docker-save.py" "$out/$name-skopeo-oci.tar" "$out/.new" "$name:latest"; made "$name-docker-new.tar"
  fi
  if wanted "$name-docker-save.tar.gz"; then
    gzip -1 -c "$out/$name-docker-save.tar" > "$out/.new"; made "$name-docker-save.tar.gz"
  fi
  if wanted "$name-skopeo-oci.tar.gz"; then
    gzip -1 -c "$out/$name-skopeo-oci.tar" > "$out/.new"; made "$name-skopeo-oci.tar.gz"
  fi
}

rm -rf "$out/.new"
for name in "$@"; do
  case $name in
    busybox | debian) archives "$name" ;;
    *) echo "make-images: unknown image: $name (known: busybox debian)" >&2; exit 2 ;;
  esac
done
