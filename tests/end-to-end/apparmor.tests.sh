#!/bin/bash
# AppArmor by effect, on a kernel that has it.

with_profile() {
  [ "$(cat /sys/module/apparmor/parameters/enabled 2> /dev/null)" = Y ] || skip "AppArmor is not enabled in this kernel"
  command -v apparmor_parser > /dev/null || skip "apparmor is not installed"
  cat > "$WORK/profile" << PROFILE
profile sampan-test flags=(attach_disconnected) {
  file,
  capability,
  signal,
  unix,
  deny /tmp/forbidden w,
}
PROFILE
  apparmor_parser --skip-cache --replace "$WORK/profile"
  trap 'apparmor_parser --remove "$WORK/profile"; rm -rf "$WORK/profile" "$WORK/bundle" "$WORK/oci-state"' EXIT
}

AppArmor_confines_by_the_containers_profile() {
  local writes='cat /proc/self/attr/current; echo x > /tmp/allowed && echo allowed; (echo x > /tmp/forbidden) 2> /dev/null || echo denied'
  with_profile
  confined() { sampan-oci --root "$WORK/oci-state" "$@"; }
  bundle "$WORK/bundle" ".process.apparmorProfile = \"sampan-test\" | .root.readonly = false | .process.args = [\"sh\", \"-c\", \"mkdir -p /tmp; $writes\"]"
  is 'sampan-test (enforce) allowed denied' "$(echo $(confined run --bundle "$WORK/bundle" one))"
  # another process is confined as the container is, or by a profile of its own
  bundle "$WORK/bundle" '.process.apparmorProfile = "sampan-test" | .process.args = ["sleep", "100"] | .root.readonly = false'
  mkdir -p "$WORK/bundle/rootfs/tmp"
  confined run --detach --bundle "$WORK/bundle" two < /dev/null > /dev/null 2>&1
  is 'sampan-test (enforce)' "$(cat "/proc/$(confined state two | jq .pid)/attr/current")"
  is 'sampan-test (enforce) allowed denied' "$(echo $(confined exec two sh -c "$writes"))"
  exits 255 confined exec --apparmor no-such-profile two true
  has "$(cat "$WORK/stderr")" no-such-profile
  confined delete --force two
  # a profile that is not loaded confines nothing: there is no container
  bundle "$WORK/bundle" '.process.apparmorProfile = "no-such-profile"'
  exits 1 confined run --bundle "$WORK/bundle" three
  has "$(cat "$WORK/stderr")" no-such-profile
  is '' "$(confined list -q)"
}
