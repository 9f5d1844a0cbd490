#!/bin/bash
# The lifecycle of an OCI runtime. The same checks take any runtime: runc and crun go through them too, so that a check
# that fails on all three is known to be wrong.

# pure_v1: crun refuses hybrid cgroups, so the folder of version 2 is put away in this test's own mount namespace.
pure_v1() { ! mountpoint -q /sys/fs/cgroup/unified || umount /sys/fs/cgroup/unified; }

# lifecycle RUNTIME: create, start, state, kill, delete and run, by the runtime's command line.
lifecycle() {
  local runtime=("$1" --root "$WORK/oci-state") dir=$WORK/bundle id=life
  [ "$1" != crun ] || in_pure_v1
  # shellcheck disable=SC2064 # this runtime's container goes also when a check fails
  trap "${runtime[*]} delete --force $id > /dev/null 2>&1 || true" EXIT
  bundle "$dir" '.process.args = ["sleep", "100"]'
  "${runtime[@]}" create --bundle "$dir" --pid-file "$WORK/pid" "$id" < /dev/null > /dev/null 2>&1
  is created "$("${runtime[@]}" state "$id" | jq -r .status)"
  is "$(cat "$WORK/pid")" "$("${runtime[@]}" state "$id" | jq -r .pid)"
  has "$("${runtime[@]}" list)" "$id"
  "${runtime[@]}" start "$id"
  is running "$("${runtime[@]}" state "$id" | jq -r .status)"
  is inside "$("${runtime[@]}" exec "$id" echo inside)"
  exits 9 "${runtime[@]}" exec "$id" sh -c 'exit 9'
  "${runtime[@]}" kill "$id" KILL
  eventually sh -c "[ \"\$($1 --root $WORK/oci-state state $id | jq -r .status)\" = stopped ]"
  "${runtime[@]}" delete "$id"
  exits 1 "${runtime[@]}" state "$id"
  bundle "$dir" '.process.args = ["sh", "-c", "echo out; exit 4"]'
  exits 4 "${runtime[@]}" run --bundle "$dir" once
  is out "$(cat "$WORK/stdout")"
  exits 1 "${runtime[@]}" state once
  rm -rf "$dir" "$WORK/oci-state"
}

# in_pure_v1: each test is a process of its own, but its mounts are all tests': enters new ones once, and leaves with the result.
in_pure_v1() {
  [ -z "${SAMPAN_TEST_PURE_V1:-}" ] || { pure_v1; return 0; }
  SAMPAN_TEST_PURE_V1=1 unshare --mount --propagation private "$here/run.sh" --one "${FUNCNAME[2]}"
  exit $?
}

Sampan_oci_passes_the_lifecycle() { lifecycle sampan-oci; }

Runc_passes_the_lifecycle() { lifecycle runc; }

Crun_passes_the_lifecycle() { lifecycle crun; }

The_written_spec_is_one_that_runs() {
  local dir=$WORK/own-spec
  bundle "$dir"
  rm "$dir/config.json"
  (cd "$dir" && sampan-oci spec)
  jq '.process.terminal = false | .process.args = ["echo", "ran"]' "$dir/config.json" > "$dir/config.new"
  mv "$dir/config.new" "$dir/config.json"
  is ran "$(sampan-oci --root "$WORK/oci-state" run --bundle "$dir" own)"
  rm -rf "$dir" "$WORK/oci-state"
}

The_plan_names_the_steps_without_taking_any() {
  bundle "$WORK/bundle"
  has "$(sampan-oci plan --bundle "$WORK/bundle")" pivot_root
  sampan-oci plan --format json --bundle "$WORK/bundle" | jq -e . > /dev/null
  rm -rf "$WORK/bundle"
}

Features_are_json() { sampan-oci features | jq -e .ociVersionMax > /dev/null; }

A_bundle_without_a_config_is_refused() {
  mkdir -p "$WORK/empty"
  exits 1 sampan-oci --root "$WORK/oci-state" run --bundle "$WORK/empty" none
  rm -rf "$WORK/empty" "$WORK/oci-state"
}
