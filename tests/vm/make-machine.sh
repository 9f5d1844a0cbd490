#!/bin/bash
# Makes what a virtual machine boots: make-machine.sh KERNEL DIR (KERNEL as fetch-kernel.sh leaves it).
# DIR/initrd only finds the disk; DIR/disk is an ext4 file system with this machine's programs, the kernel's modules, the
# tests, the images and the published programs. Both are made anew each time: that takes a second or two.
set -euo pipefail
here=$(cd "$(dirname "$0")" && pwd)
root=$(cd "$here/../.." && pwd)
kernel=$(cd "$1" && pwd)
target=$(mkdir -p "$2" && cd "$2" && pwd)
version=$(basename "$kernel"/lib/modules/*)
disk=$target/root initrd=$target/initrd.root
rm -rf "$disk" "$initrd"

programs=(bash hostname busybox jq curl ip nft tmux tar gzip script setpriv unshare nsenter findmnt mount umount mountpoint modprobe
  ps pgrep pkill useradd userdel usermod newuidmap newgidmap pasta slirp4netns apparmor_parser systemctl runc crun umoci iptables ip6tables nc)
packages=(coreutils findutils grep sed mawk diffutils util-linux procps)
modules=(overlay erofs loop tun veth bridge dummy macvlan ipvlan fuse nf_tables nft_chain_nat nft_masq nft_redir nft_nat nft_ct
  nft_fib_inet nft_reject_inet nft_log nft_limit nft_compat xt_MASQUERADE xt_conntrack xt_addrtype xt_comment xt_mark nf_conntrack
  br_netfilter virtio_console sch_htb cls_bpf)

# carry FILE...: each file at its own place in the disk, and the libraries that it is linked with.
carry() {
  local file real
  for file in "$@"; do
    real=$(readlink -f "$file")
    install -D -p "$real" "$disk$real"
    [ "$file" = "$real" ] || { mkdir -p "$disk/$(dirname "$file")"; ln -sfn "$real" "$disk$file"; }
    { ldd "$real" 2> /dev/null || true; } | awk '{ for (i = 1; i <= NF; i++) if ($i ~ /^\//) print $i }' >> "$target/libraries"
  done
}

# module DESTINATION NAME...: the modules and those that they need, in the order of loading, on stdout too.
module() {
  local destination=$1 name file
  shift
  for name in "$@"; do
    modprobe -d "$kernel" -S "$version" --show-depends "$name" 2> /dev/null
  done | awk '$1 == "insmod" && !seen[$2]++ { print $2 }' | while read -r file; do
    install -D "$file" "$destination${file#"$kernel"}"
    echo "${file#"$kernel"}"
  done
}

# The disk: a merged /usr, as Debian's.
mkdir -p "$disk"/usr/{bin,sbin,lib,lib64} "$disk"/{dev,etc,proc,root,run,sys,tmp,var/lib} "$disk/sampan/artifacts/images"
for name in bin sbin lib lib64; do ln -s "usr/$name" "$disk/$name"; done
ln -s /run "$disk/var/run"
chmod 1777 "$disk/tmp"
: > "$target/libraries"
PATH=/usr/sbin:/usr/bin:/sbin:/bin
for name in "${programs[@]}"; do
  path=$(command -v "$name") || { echo "make-machine: not installed: $name" >&2; exit 1; }
  carry "$path"
done
carry "$(readlink -f /lib/systemd/systemd)"
for name in "${packages[@]}"; do
  dpkg -L "$name" | grep -E '^(/usr)?/s?bin/.' | sed 's,^/bin,/usr/bin,; s,^/sbin,/usr/sbin,'
done | while read -r name; do [ ! -x "$name" ] || carry "$name"; done
ln -sf bash "$disk/usr/bin/sh"
ln -sf mawk "$disk/usr/bin/awk"
sort -u "$target/libraries" | while read -r name; do
  install -D -p "$(readlink -f "$name")" "$disk/usr${name#/usr}"
done
cp -a --parents /usr/lib/x86_64-linux-gnu/xtables /usr/lib/locale/C.utf8 /usr/lib/terminfo "$disk" 2> /dev/null || true
cp -a --parents /etc/login.defs /etc/default/useradd /etc/protocols /etc/services /etc/nsswitch.conf "$disk" 2> /dev/null || true
printf 'root:x:0:0:root:/root:/bin/bash\nnobody:x:65534:65534::/:/bin/false\n' > "$disk/etc/passwd"
printf 'root:x:0:\nnogroup:x:65534:\n' > "$disk/etc/group"
printf 'root:*::0:99999:7:::\n' > "$disk/etc/shadow"
touch "$disk/etc/gshadow" "$disk/etc/subuid" "$disk/etc/subgid" "$disk/etc/fstab"
chmod u+s "$disk/usr/bin/newuidmap" "$disk/usr/bin/newgidmap"
echo sampan-vm > "$disk/etc/hostname"
echo '127.0.0.1 localhost' > "$disk/etc/hosts"
echo 'nameserver 192.0.2.53' > "$disk/etc/resolv.conf"
module "$disk" "${modules[@]}" > /dev/null
cp "$kernel/lib/modules/$version"/modules.{order,builtin,builtin.modinfo} "$disk/lib/modules/$version/"
depmod -b "$disk" "$version"
cp -a "$root/tests" "$disk/sampan/"
rm -rf "$disk"/sampan/tests/*/{bin,obj}
install -D -t "$disk/sampan/out" "$root/out/sampan" "$root/out/sampan-oci"
cp -a "$root"/artifacts/images/busybox-* "$disk/sampan/artifacts/images/"
rm -f "$target/disk" "$target/libraries"
mke2fs -q -t ext4 -d "$disk" -E root_owner=0:0,lazy_itable_init=1 -O ^has_journal "$target/disk" 1g
rm -rf "$disk"

# The initial file system: loads what it takes to see the disk, and goes on there.
mkdir -p "$initrd"/{bin,dev,new}
cp "$(command -v busybox)" "$initrd/bin/busybox"
{
  echo '#!/bin/busybox sh'
  echo 'bb=/bin/busybox'
  echo '$bb mount -t devtmpfs dev /dev'
  module "$initrd" virtio_pci virtio_blk ext4 | sed 's/^/$bb insmod /'
  echo 'for _ in 1 2 3 4 5 6 7 8 9; do [ -b /dev/vda ] && break; $bb sleep 0.1; done'
  echo '$bb mount -t ext4 /dev/vda /new'
  echo '$bb mount -o move /dev /new/dev'
  echo 'exec $bb switch_root /new /sampan/tests/vm/inside.sh'
} > "$initrd/init"
chmod 0755 "$initrd/init"
(cd "$initrd" && find . | cpio -o -H newc --quiet --owner=0:0) > "$target/initrd"
rm -rf "$initrd"
