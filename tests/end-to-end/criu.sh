#!/bin/bash
# Finds a criu that works with the running kernel: criu.sh DIR prints its path. The installed one where it does; else Debian 13's,
# unpacked with its libraries below DIR, a cache, and installed nowhere. With --cached nothing is fetched.
set -euo pipefail
target=$(mkdir -p "$1" && cd "$1" && pwd)

# works PROGRAM: it finds its way around in this kernel.
works() { "$1" check > /dev/null 2>&1; }

for program in "$(PATH=/usr/sbin:/usr/bin:/sbin:/bin command -v criu || true)" "$target/criu"; do
  if [ -x "$program" ] && works "$program"; then echo "$program"; exit 0; fi
done
if [ -e "$target/.complete" ] || [ "${2:-}" = --cached ]; then echo "criu: none works with Linux $(uname -r)" >&2; exit 1; fi

rm -rf "$target"
mkdir -p "$target/tree"
# shellcheck source=tests/foreign-apt.sh
. "$(dirname "$0")/../foreign-apt.sh"
foreign_apt criu trixie "$target"
apt-get "${options[@]}" -y --download-only install criu >&2
for package in "$apt"/cache/archives/*.deb; do dpkg-deb -x "$package" "$target/tree"; done
# its own loader, and its own libraries
cat > "$target/criu" << 'SCRIPT'
#!/bin/sh
tree=$(dirname "$(readlink -f "$0")")/tree
exec "$tree/usr/lib64/ld-linux-x86-64.so.2" --library-path "$tree/usr/lib/x86_64-linux-gnu" "$tree/usr/sbin/criu" "$@"
SCRIPT
chmod 0755 "$target/criu"
rm -rf "$apt"
touch "$target/.complete"
works "$target/criu" || exit 1
echo "$target/criu"
