#!/bin/bash
# Fetches a Debian release's cloud kernel and unpacks it, without installing anything: fetch-kernel.sh SUITE DIR
# DIR/boot/vmlinuz-VERSION and DIR/lib/modules/VERSION, with modules.dep, are there afterwards; DIR is a cache.
set -euo pipefail
suite=$1
target=$(mkdir -p "$2" && cd "$2" && pwd)
[ ! -e "$target/.complete" ] || exit 0

# shellcheck source=tests/foreign-apt.sh
. "$(dirname "$0")/../foreign-apt.sh"
foreign_apt fetch-kernel "$suite" "$target"
package=$(apt-cache "${options[@]}" depends linux-image-cloud-amd64 | awk '$1 == "Depends:" && $2 ~ /^linux-image-[0-9]/ { print $2; exit }')
[ -n "$package" ] || { echo "fetch-kernel: $suite has no kernel behind linux-image-cloud-amd64" >&2; exit 1; }
(cd "$apt" && apt-get "${options[@]}" download "$package")
dpkg-deb -x "$apt/$package"_*.deb "$target/new"

# The kernel in the machine reads modules faster than it decompresses them.
find "$target/new" -name '*.ko.xz' -exec xz -d {} +
mkdir -p "$target/boot" "$target/lib"
rm -rf "$target/lib/modules"
mv "$target"/new/boot/vmlinuz-* "$target/boot/"
modules=$target/new/lib/modules
[ -d "$modules" ] || modules=$target/new/usr/lib/modules
mv "$modules" "$target/lib/modules"
depmod -b "$target" "$(basename "$target"/lib/modules/*)"
rm -rf "$target/new" "$apt"
touch "$target/.complete"
