#!/bin/bash
# Runs the end-to-end tests on Debian's kernels in virtual machines: run.sh [pattern] [release...]
# One line per test and kernel, and "N passed, N failed, N skipped" at the end. Nothing is installed, and nothing is made
# by hand: artifacts/vm/RELEASE is a cache of the kernel, RELEASE/machine is made anew.
set -uo pipefail
here=$(cd "$(dirname "$0")" && pwd)
root=$(cd "$here/../.." && pwd)
pattern=${1:-}
shift
[ $# -gt 0 ] || set -- bookworm trixie
export SAMPAN_VM_TIMEOUT=${SAMPAN_VM_TIMEOUT:-600}

# An emulated processor is some 8 times slower. What the kernel has no part in, what needs another engine's daemon, and cgroup
# version 1 are left to the end-to-end lane, and so are most rounds of the tests that repeat something.
words=("FILES=${SAMPAN_TEST_FILES:-steps,network,rootless,oci,cgroups,limits,apparmor}" "EXCEPT=${SAMPAN_TEST_EXCEPT:-_v1$}" "PATTERN=$pattern" SLOWNESS=8 "KILL_ROUNDS=${SAMPAN_TEST_KILL_ROUNDS:-2}" "STARTS=${SAMPAN_TEST_STARTS:-5}")

# machine RELEASE: makes it, boots it, and shows its console line by line, as `RELEASE: line`.
machine() {
  local release=$1 kernel=$root/artifacts/vm/$1
  "$here/fetch-kernel.sh" "$release" "$kernel" > "$kernel.log" 2>&1 && "$here/make-machine.sh" "$kernel" "$kernel/machine" >> "$kernel.log" 2>&1 \
    || { tail -n 5 "$kernel.log" | sed "s/^/$release: /"; return 1; }
  # the console ends lines as terminals want it
  "$here/boot.sh" "$kernel" "$kernel/machine" "${words[@]}" < /dev/null 2>&1 | sed -u "s/\r//g; s/^/$release: /" | tee "$kernel.console"
}

mkdir -p "$root/artifacts/vm"
"$root/tests/images/make-images.sh" "$root/artifacts/images" busybox || exit 1
# The tests wait more than they compute, and mostly for one process: the machines run side by side.
for release in "$@"; do
  rm -f "$root/artifacts/vm/$release.console"
  machine "$release" &
done
wait

passed=0 failed=0 skipped=0
for release in "$@"; do
  line=$(sed -nE "s/^$release: ([0-9]+ passed, [0-9]+ failed, [0-9]+ skipped)$/\1/p" "$root/artifacts/vm/$release.console" 2> /dev/null | tail -n 1)
  # a machine that did not come to the end is a failure, however much it did before
  if [ -z "$line" ]; then
    echo "FAIL: $release: the machine did not come to the end of its tests"
    line="0 passed, 1 failed, 0 skipped"
  fi
  read -r ran _ bad _ left_out _ <<< "$line"
  passed=$((passed + ran)) failed=$((failed + bad)) skipped=$((skipped + left_out))
done
echo "$passed passed, $failed failed, $skipped skipped"
[ "$failed" -eq 0 ] && [ "$passed" -gt 0 ]
