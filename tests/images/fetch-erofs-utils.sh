#!/bin/bash
# Fetches fsck.erofs and dump.erofs of a Debian release that has them new enough, without installing anything: fetch-erofs-utils.sh DIR
# DIR/fsck.erofs and DIR/dump.erofs are there afterwards; DIR is a cache. Debian 12's own do not know blocks of 512 bytes.
# The mirror is the one that this machine's apt uses.
set -euo pipefail
suite=trixie
target=$(mkdir -p "$1" && cd "$1" && pwd)
[ ! -e "$target/.complete" ] || exit 0

mirror=$(apt-get indextargets --format '$(REPO_URI) $(RELEASE) $(COMPONENT)' 'Created-By: Packages' \
  | awk '$2 ~ /^[a-z]+$/ && $3 == "main" { print $1; exit }')
[ -n "$mirror" ] || { echo "fetch-erofs-utils: apt has no source with a main component (see /etc/apt)" >&2; exit 1; }
for keyring in /usr/share/keyrings/debian-archive-keyring.{pgp,gpg}; do [ ! -e "$keyring" ] || break; done

apt=$target/apt
mkdir -p "$apt/lists/partial" "$apt/cache/archives/partial"
echo "deb [signed-by=$keyring] $mirror $suite main" > "$apt/sources.list"
options=(-q -o Dir::Etc::SourceList="$apt/sources.list" -o Dir::Etc::SourceParts=- -o Dir::State::Lists="$apt/lists"
  -o Dir::State::Status=/dev/null -o Dir::Cache="$apt/cache" -o APT::Sandbox::User=root -o Acquire::Retries=3
  -o Acquire::IndexTargets::deb::DEP-11::DefaultEnabled=false)
apt-get "${options[@]}" update
# what they are linked with, down to the C library
packages=$(apt-cache "${options[@]}" depends --recurse --no-recommends --no-suggests --no-conflicts --no-breaks --no-replaces \
  --no-enhances --no-pre-depends erofs-utils | grep -E '^(erofs-utils|lib|zlib)')
# shellcheck disable=SC2086 # one word per package
(cd "$apt" && apt-get "${options[@]}" download $packages)
for package in "$apt"/*.deb; do dpkg-deb -x "$package" "$target/root"; done
rm -rf "$apt"
for program in fsck.erofs dump.erofs; do
  cat > "$target/$program" << END
#!/bin/sh
root=\$(dirname "\$0")/root
exec "\$root/usr/lib64/ld-linux-x86-64.so.2" --library-path "\$root/usr/lib/x86_64-linux-gnu" "\$root/usr/bin/$program" "\$@"
END
  chmod 0755 "$target/$program"
done
touch "$target/.complete"
