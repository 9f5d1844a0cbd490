#!/bin/bash
# Runs the end-to-end tests: run.sh [pattern], of all files or of those in SAMPAN_TEST_FILES (names with commas). Each test is a
# function named as a sentence; each is its own process with a time limit, and leaves nothing behind, or fails. Closes with
# "N passed, N failed, N skipped".
set -uo pipefail
here=$(cd "$(dirname "$0")" && pwd)
root=$(cd "$here/../.." && pwd)

if [ "$(id -u)" -ne 0 ]; then
  echo "end-to-end: root is needed (network namespaces, mounts)" >&2
  exit 1
fi

# The tests' host is a network namespace and a mount namespace of its own, so that rules, links and mounts of the machine
# are neither seen nor changed.
if [ -z "${SAMPAN_TEST_INSIDE:-}" ]; then
  [ "${SAMPAN_TEST_IMAGES:-}" = ready ] || "$root/tests/images/make-images.sh" "$root/artifacts/images" || exit 1
  # inside there is no way to the packages; without it, tests are skipped
  "$here/criu.sh" "$root/artifacts/criu" > /dev/null 2> "$root/artifacts/criu.log" || true
  SAMPAN_TEST_INSIDE=1 exec unshare --net --mount --propagation private "$0" "$@"
fi

# shellcheck source=tests/end-to-end/check.sh
. "$here/check.sh"
for file in "$here"/*.tests.sh; do
  name=${file##*/}
  [[ -z ${SAMPAN_TEST_FILES:-} || ,$SAMPAN_TEST_FILES, == *,${name%.tests.sh},* ]] || continue
  # shellcheck source=/dev/null
  . "$file"
done

if [ "${1:-}" = --one ]; then
  set -e
  "$2"
  exit 0
fi

pattern=${1:-}
passed=0 failed=0 skipped=0
work=$(mktemp -d /tmp/sampan-e2e.XXXXXX)
export WORK=$work SAMPAN_DATA=$work/data SAMPAN_RUN=$work/run IMAGES=$root/artifacts/images OUT=${SAMPAN_OUT:-$root/out}
export PATH=$OUT:$PATH
trap 'take_down; rm -rf "$work"' EXIT
set_up

warm_up > /dev/null 2>&1 # what a first container makes for good: folders, the unpacked image, parent cgroups
for _ in $(seq 50); do # the bridge and the monitor go a moment after the container's end
  if [ -z "$(programs)" ] && ! ip link show sampan0 > /dev/null 2>&1; then break; fi
  sleep 0.1
done
snapshot > "$work/before"
for name in $(declare -F | awk '{ print $3 }' | grep '^[A-Z].*_' | grep -e "$pattern" | grep -v -e "${SAMPAN_TEST_EXCEPT:-^$}"); do
  sentence=${name//_/ }
  timeout -k 5 "$((120 * SLOWNESS))" "$0" --one "$name" > "$work/log" 2>&1
  status=$?
  if [ "$status" -eq 77 ]; then
    echo "skip: $sentence ($(tail -n 1 "$work/log"))"
    skipped=$((skipped + 1))
    continue
  fi
  [ "$status" -ne 124 ] || echo "took too long" >> "$work/log"
  if ! nothing_left "$work/before" >> "$work/log" 2>&1; then
    [ "$status" -ne 0 ] || status=1
    force_clean
    snapshot > "$work/after"
  fi
  mv "$work/after" "$work/before"
  if [ "$status" -eq 0 ]; then
    echo "ok:   $sentence"
    passed=$((passed + 1))
  else
    echo "FAIL: $sentence"
    tail -n "${SAMPAN_TEST_LOG_LINES:-20}" "$work/log" | sed 's/^/      /'
    failed=$((failed + 1))
  fi
done

echo "$passed passed, $failed failed, $skipped skipped"
[ "$failed" -eq 0 ] && [ "$passed" -gt 0 ]
