#!/bin/bash
# Fetches a Debian release's cloud kernel and unpacks it, without installing anything: fetch-kernel.sh SUITE DIR
# DIR/boot/vmlinuz-VERSION and DIR/lib/modules/VERSION, with modules.dep, are there afterwards; DIR is a cache.
# The mirror is the one that this machine's apt uses, whatever release it runs itself.
set -euo pipefail
suite=$1
target=$(mkdir -p "$2" && cd "$2" && pwd)
[ ! -e "$target/.complete" ] || exit 0

mirror=$(apt-get indextargets --format '$(REPO_URI) $(RELEASE) $(COMPONENT)' 'Created-By: Packages' \
  | awk '$2 ~ /^[a-z]+$/ && $3 == "main" { print $1; exit }')
[ -n "$mirror" ] || { echo "fetch-kernel: apt has no source with a main component (see /etc/apt)" >&2; exit 1; }
for keyring in /usr/share/keyrings/debian-archive-keyring.{pgp,gpg}; do [ ! -e "$keyring" ] || break; done

apt=$target/apt
mkdir -p "$apt/lists/partial" "$apt/cache/archives/partial"
echo "deb [signed-by=$keyring] $mirror $suite main" > "$apt/sources.list"
options=(-q -o Dir::Etc::SourceList="$apt/sources.list" -o Dir::Etc::SourceParts=- -o Dir::State::Lists="$apt/lists"
  -o Dir::State::Status=/dev/null -o Dir::Cache="$apt/cache" -o APT::Sandbox::User=root -o Acquire::Retries=3
  -o Acquire::IndexTargets::deb::DEP-11::DefaultEnabled=false)
apt-get "${options[@]}" update
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
