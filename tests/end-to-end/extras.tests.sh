#!/bin/bash
# What sampan-oci takes beyond the specification, as crun and runc do; and what it warns of.

# extra FILTER COMMAND...: one run of a bundle.
extra() {
  local filter=$1
  shift
  bundle "$WORK/extra" ".root.readonly = false | $filter"
  jq '.process.args = $ARGS.positional' "$WORK/extra/config.json" --args -- "$@" > "$WORK/extra.json"
  mv "$WORK/extra.json" "$WORK/extra/config.json"
  sampan-oci --root "$WORK/oci-extra" run --bundle "$WORK/extra" extra < /dev/null
}

A_tmpfs_begins_with_a_copy_of_what_it_hides() {
  local copied='.mounts += [{destination: "/etc", type: "tmpfs", source: "tmpfs", options: ["tmpcopyup", "nosuid", "size=4m"]}]'
  extra "$copied" true
  is "$(cat "$WORK/extra/rootfs/etc/passwd")" "$(extra "$copied" cat /etc/passwd)"
  is "$(busybox ls -ldn "$WORK/extra/rootfs/etc" | awk '{ print $1, $3, $4 }')" "$(extra "$copied" ls -ldn /etc | awk '{ print $1, $3, $4 }')"
  has "$(extra "$copied" grep ' /etc ' /proc/self/mountinfo)" 'tmpfs tmpfs rw,size=4096k'
  # what is written goes there, and not to the image
  extra "$copied" sh -c 'echo new > /etc/passwd'
  [ "$(cat "$WORK/extra/rootfs/etc/passwd")" != new ] || fail "it was written through"
  has "$(extra "${copied/size=4m/mode=700}" ls -ld /etc)" drwx------
  exits 1 extra "${copied/nosuid/ro}" touch /etc/new
  has "$(cat "$WORK/stderr")" 'Read-only file system'
  is '' "$(extra "${copied//\/etc/\/none}" ls /none)"
  # larger than it may become
  head -c 300000 /dev/zero > "$WORK/large"
  extra "$copied" true
  cp "$WORK/large" "$WORK/extra/rootfs/etc/large"
  jq '.mounts[-1].options = ["tmpcopyup", "size=64k"]' "$WORK/extra/config.json" > "$WORK/extra.json"
  mv "$WORK/extra.json" "$WORK/extra/config.json"
  exits 1 sampan-oci --root "$WORK/oci-extra" run --bundle "$WORK/extra" extra
  one_line_error
  has "$(cat "$WORK/stderr")" ENOSPC
  exits 1 extra "${copied/tmpfs/proc}" true
  has "$(cat "$WORK/stderr")" 'tmpcopyup is for tmpfs only'
}

The_callers_groups_are_kept_where_the_configuration_says_so() {
  local keep='.annotations["run.oci.keep_original_groups"] = "1"'
  bundle "$WORK/extra" "$keep | .process.args = [\"grep\", \"Groups\", \"/proc/self/status\"]"
  has "$(setpriv --groups 4242,4243 sampan-oci --root "$WORK/oci-extra" run --bundle "$WORK/extra" extra < /dev/null)" '4242 4243'
  bundle "$WORK/extra" '.process.args = ["grep", "Groups", "/proc/self/status"]'
  is 'Groups:' "$(echo $(setpriv --groups 4242,4243 sampan-oci --root "$WORK/oci-extra" run --bundle "$WORK/extra" extra < /dev/null))"
  exits 1 extra "$keep | .process.user.additionalGids = [5]" true
  one_line_error
  exits 1 extra '.annotations["run.oci.mount_context_type"] = "odd"' true
  has "$(cat "$WORK/stderr")" 'annotations.run.oci.mount_context_type: is odd, not context'
}

An_annotation_writes_and_executes_nothing_outside() {
  extra ".annotations[\"run.oci.hooks.stdout\"] = \"$WORK/written\" | .annotations[\"run.oci.pidfd_receiver\"] = \"$WORK/none.sock\" |
    .annotations[\"org.criu.config\"] = \"$WORK/none\" | .hooks.prestart = [{path: \"/bin/echo\", args: [\"echo\", \"said\"]}]" true
  [ ! -e "$WORK/written" ] || fail "a file was written that an image's label may have named"
}

Capabilities_that_can_not_be_given_are_warned_of() {
  local filter='.process.capabilities.bounding += ["CAP_NOT_THERE"] | .process.capabilities.effective += ["CAP_NOT_THERE"]'
  extra "$filter" true 2> "$WORK/stderr"
  is 1 "$(wc -l < "$WORK/stderr")"
  has "$(cat "$WORK/stderr")" 'level=warning msg="ignoring unknown or unavailable capabilities: [CAP_NOT_THERE]"'
  # with a log it is there and not on stderr; an error alone is asked for: nowhere
  sampan-oci --root "$WORK/oci-extra" --log "$WORK/log.json" --log-format json run --bundle "$WORK/extra" extra < /dev/null 2> "$WORK/stderr"
  is '' "$(cat "$WORK/stderr")"
  is 'warning ignoring unknown or unavailable capabilities: [CAP_NOT_THERE]' "$(jq -r '.level + " " + .msg' "$WORK/log.json")"
  rm "$WORK/log.json"
  sampan-oci --root "$WORK/oci-extra" --log-level error run --bundle "$WORK/extra" extra < /dev/null 2> "$WORK/stderr"
  is '' "$(cat "$WORK/stderr")"
  # one that the kernel knows and the caller lacks
  bundle "$WORK/extra" '.process.args = ["grep", "CapBnd", "/proc/self/status"] | .process.capabilities.bounding += ["CAP_SYS_BOOT"]'
  setpriv --bounding-set -sys_boot --inh-caps -sys_boot sampan-oci --root "$WORK/oci-extra" run --bundle "$WORK/extra" extra < /dev/null > "$WORK/stdout" 2> "$WORK/stderr"
  has "$(cat "$WORK/stderr")" '[CAP_SYS_BOOT]'
  is 'CapBnd: 0000000020000420' "$(echo $(cat "$WORK/stdout"))"
  is '' "$(extra . true 2>&1)"
}

Cache_allocation_says_what_is_missing() {
  ! grep -q resctrl /proc/mounts || skip "this machine has it"
  exits 1 extra '.linux.intelRdt = {closID: "web", l3CacheSchema: "L3:0=f"}' true
  one_line_error
  has "$(cat "$WORK/stderr")" 'resctrl: '
  is true "$(sampan-oci features | jq .linux.intelRdt.enabled)"
  exits 1 extra '.linux.intelRdt = {closID: "../web"}' true
  has "$(cat "$WORK/stderr")" 'linux.intelRdt.closID: is ../web, not the name of a class'
  exits 1 extra '.linux.intelRdt = {schemata: ["odd"]}' true
  has "$(cat "$WORK/stderr")" 'linux.intelRdt.schemata[0]: is odd'
  is '[]' "$(sampan-oci --root "$WORK/oci-extra" list --format json)"
}
