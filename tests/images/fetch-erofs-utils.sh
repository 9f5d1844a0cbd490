#!/bin/bash
# Fetches fsck.erofs and dump.erofs of a Debian release that has them new enough, without installing anything: fetch-erofs-utils.sh DIR
# DIR/fsck.erofs and DIR/dump.erofs are there afterwards; DIR is a cache. Debian 12's own do not know blocks of 512 bytes.
set -euo pipefail
suite=trixie
target=$(mkdir -p "$1" && cd "$1" && pwd)
[ ! -e "$target/.complete" ] || exit 0

# shellcheck source=tests/foreign-apt.sh
. "$(dirname "$0")/../foreign-apt.sh"
foreign_apt fetch-erofs-utils "$suite" "$target"
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
