#!/bin/bash
# Runs the test lanes named (pure, unit, checks, e2e, vm) and closes with "N passed, N failed, N skipped" over all of them.
# pure: the unit tests without privileges. unit: the same as the caller, so that root also runs those that need the kernel.
set -uo pipefail
cd "$(dirname "$0")/.." || exit 1

passed=0 failed=0 skipped=0 trouble=0
log=$(mktemp)
failures=$(mktemp)
trap 'rm -f "$log" "$failures"' EXIT

# count NAME SUMMARY: the last number that follows NAME in the summary, or nothing.
count() { sed -n "s/.*\b$1: *\([0-9][0-9]*\).*/\1/Ip" "$log" | tail -n 1; }

# add LANE PASSED FAILED SKIPPED STATUS: adds to the sums; a lane that ran nothing, or died without a count, is a failure.
add() {
  local lane=$1 ran=$2 bad=$3 left_out=$4 status=$5
  # what failed, with the lines that say why, is told once more at the end
  sed 's/\x1b\[[0-9;]*m//g' "$log" | grep -A 12 -E '\[FAIL\]|^FAIL' | grep -v '^ok: ' >> "$failures"
  passed=$((passed + ran)) failed=$((failed + bad)) skipped=$((skipped + left_out))
  if [ $((ran + bad)) -eq 0 ]; then
    echo "lane $lane: no test ran (exit code $status)" >&2
    trouble=1
  elif [ "$status" -ne 0 ] && [ "$bad" -eq 0 ]; then
    echo "lane $lane: exit code $status though no test failed" >&2
    trouble=1
  fi
}

run_unit() {
  local lane=$1 status total errors bad left_out
  shift
  if ! dotnet build tests/Sampan.Tests --nologo -v quiet; then
    add "$lane" 0 0 0 1
    return
  fi
  "$@" tests/Sampan.Tests/bin/Debug/net10.0/Sampan.Tests 2>&1 | tee "$log"
  status=$?
  total=$(count total) errors=$(count errors) bad=$(count failed) left_out=$(count skipped)
  bad=$((${bad:-0} + ${errors:-0}))
  add "$lane" $((${total:-0} - bad - ${left_out:-0})) "$bad" "${left_out:-0}" "$status"
}

# run_shell LANE SCRIPT...: a script that closes with the same line as this one.
run_shell() {
  local lane=$1 status line
  shift
  "$@" 2>&1 | tee "$log"
  status=$?
  line=$(grep -E '^[0-9]+ passed, [0-9]+ failed, [0-9]+ skipped$' "$log" | tail -n 1)
  read -r ran _ bad _ left_out _ <<< "${line:-0 passed, 0 failed, 0 skipped}"
  add "$lane" "$ran" "$bad" "$left_out" "$status"
}

# What can only be checked in the published programs: what runs between clone and exec, and that it always gets there.
run_checks() {
  local ran=0 bad=0 check
  : > "$log"
  for check in "tests/checks/interpreter.sh artifacts/publish/sampan-oci/sampan-oci" "tests/checks/clone-stress.sh"; do
    # shellcheck disable=SC2086 # a script and its argument
    if $check; then ran=$((ran + 1)); else bad=$((bad + 1)) && echo "FAIL: $check" | tee -a "$log"; fi
  done
  add checks "$ran" "$bad" 0 "$bad"
}

for lane in "$@"; do
  echo "== $lane"
  case $lane in
    unit) run_unit unit env ;;
    pure)
      if [ "$(id -u)" -eq 0 ]; then
        # HOME must be one that nobody may write.
        run_unit pure setpriv --reuid=65534 --regid=65534 --clear-groups env HOME=/tmp
      else
        run_unit pure env
      fi ;;
    checks) run_checks ;;
    e2e) run_shell e2e tests/end-to-end/run.sh ;;
    vm) run_shell vm tests/vm/run.sh ;;
    *) echo "run.sh: unknown lane: $lane (known: pure unit checks e2e vm)" >&2; exit 2 ;;
  esac
done

[ ! -s "$failures" ] || { echo "== failed"; cat "$failures"; }
echo "$passed passed, $failed failed, $skipped skipped"
[ "$failed" -eq 0 ] && [ "$trouble" -eq 0 ]
