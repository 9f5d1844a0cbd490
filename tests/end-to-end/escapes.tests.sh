#!/bin/bash
# More known escapes, each named by its CVE: what images and configurations can try without a race (those are in races.tests.sh).
# RUNTIME takes any runtime, as in conformance.tests.sh.

# attacked: a bundle of the test's own, and a folder of the host in which nothing may be made.
attacked() {
  CONFORM=$WORK/conform-${FUNCNAME[1]}
  TARGET=$WORK/host-${FUNCNAME[1]}
  conform . true
  mkdir -p "$TARGET"
}
untouched() { is "" "$(find "$TARGET" -mindepth 1)"; }

# chosen_holds FILTER: the container "held" of oci_holds, which is taken away also when a check fails.
chosen_holds() {
  # shellcheck disable=SC2064 # this runtime
  trap "$RUNTIME --root $WORK/oci-state delete --force held > /dev/null 2>&1 || true" EXIT
  oci_holds "$1"
}

CVE_2024_21626_no_working_directory_of_exec_outside_the_root() {
  local n
  chosen_holds .
  for n in $(seq 3 20); do
    ! chosen exec --cwd "/proc/self/fd/$n" held cat ../../../../../../etc/hostname > "$WORK/out" 2>&1 || fail "fd $n: $(cat "$WORK/out")"
  done
  oci_ends
}

CVE_2026_55686_a_working_directory_behind_a_link_is_made_in_the_root() {
  attacked
  ln -s "$TARGET" "$CONFORM/rootfs/absolute"
  ln -s "../../../../../../../..$TARGET" "$CONFORM/rootfs/relative"
  conform '.process.cwd = "/absolute/x/y"' true || true
  conform '.process.cwd = "/relative/x/y"' true || true
  untouched
}

CVE_2024_45310_mount_points_behind_a_link_are_made_in_the_root() {
  attacked
  local volume=$WORK/host-volume
  mkdir -p "$volume"
  ln -s "$TARGET" "$volume/link"
  conform ".mounts += [{destination: \"/vol\", type: \"bind\", source: \"$volume\", options: [\"bind\"]},
    {destination: \"/vol/link/dir\", type: \"tmpfs\", source: \"t\"}, {destination: \"/vol/link/file\", type: \"bind\", source: \"/etc/hostname\", options: [\"bind\"]}]" true || true
  untouched
}

CVE_2026_47766_dev_as_a_relative_link_makes_nothing_on_the_host() {
  attacked
  rm -rf "$CONFORM/rootfs/dev"
  ln -s "../../../../../../../..$TARGET" "$CONFORM/rootfs/dev"
  conform . true || true
  conform '.mounts |= map(select(.destination | startswith("/dev") | not))' true || true
  untouched
}

CVE_2026_88264_a_console_that_is_a_link_makes_nothing_on_the_host() {
  needs script
  attacked
  local volume=$WORK/console-volume link filter
  filter=".process.terminal = true | (.mounts |= map(if .destination == \"/dev\" then {destination: \"/dev\", type: \"bind\", source: \"$volume\", options: [\"bind\"]} else . end))"
  for link in "$TARGET/made" "../../../../../../../..$TARGET/made" /proc/sysrq-trigger; do
    rm -rf "$volume"
    mkdir -p "$volume/pts" "$volume/shm" "$volume/mqueue"
    ln -s "$link" "$volume/console"
    (chosen() { on_terminal "$RUNTIME" --root "$WORK/oci-state" "$@"; } && conform "$filter" true) || true
    untouched
    is "$link" "$(readlink "$volume/console")"
  done
}

CVE_2026_88265_streams_stay_what_they_are_and_the_null_device_roots() {
  attacked
  rm -rf "$CONFORM/rootfs/dev"
  mkdir "$CONFORM/rootfs/dev"
  echo secret > "$CONFORM/rootfs/dev/null"
  # a "null" in the image that is another file is refused, or left alone
  conform '.process.user = {uid: 7, gid: 7} | .mounts |= map(select(.destination | startswith("/dev") | not))' true > "$WORK/out" 2>&1 || true
  is "secret 0" "$(cat "$CONFORM/rootfs/dev/null") $(stat -c %u "$CONFORM/rootfs/dev/null")"
  CONFORM=$WORK/conform
  is pipe "$(conform '.process.user = {uid: 7, gid: 7}' 'readlink /proc/self/fd/1 | cut -d: -f1')"
  is "0 1,3" "$(stat -c '%u %t,%T' /dev/null)" # it was the process's input
}

CVE_2025_52881_sysctls_are_not_written_through_a_mount_over_proc() {
  local fake=$WORK/fake-proc
  mkdir -p "$fake/sys/net/ipv4" "$fake/self/attr"
  echo before > "$fake/sys/net/ipv4/ip_forward"
  echo before > "$fake/self/attr/exec"
  # shellcheck disable=SC2064
  trap "$RUNTIME --root $WORK/oci-state delete --force held > /dev/null 2>&1 || true" EXIT
  CONFORM=$WORK/conform-fake-proc
  if oci_holds ".mounts += [{destination: \"/proc/sys/net/ipv4\", type: \"bind\", source: \"$fake/sys/net/ipv4\", options: [\"bind\"]}] | .linux.readonlyPaths = []
    | .linux.sysctl = {\"net.ipv4.ip_forward\": \"1\"}"; then
    is 1 "$(nsenter --target "$(held)" --net cat /proc/sys/net/ipv4/ip_forward)"
    oci_ends
  fi
  is "before before" "$(cat "$fake/sys/net/ipv4/ip_forward") $(cat "$fake/self/attr/exec")"
}

# A volume over /proc would get what is written to /proc/self/attr: the label of the process.
CVE_2019_16884_a_volume_over_proc_gets_no_label() {
  local fake=$WORK/fake-attr
  mkdir -p "$fake/self/attr/apparmor" "$fake/thread-self/attr"
  echo before | tee "$fake/self/attr/exec" "$fake/self/attr/apparmor/exec" "$fake/thread-self/attr/exec" > /dev/null
  CONFORM=$WORK/conform-fake-attr
  conform ".process.apparmorProfile = \"unconfined\" | .mounts |= map(if .destination == \"/proc\" then {destination: \"/proc\", type: \"bind\", source: \"$fake\", options: [\"bind\"]} else . end)" \
    true > /dev/null 2>&1 || true
  is before "$(sort -u "$fake/self/attr/exec" "$fake/self/attr/apparmor/exec" "$fake/thread-self/attr/exec")"
}

CVE_2023_27561_a_link_at_proc_does_not_move_it_elsewhere() {
  attacked
  local volume=$WORK/proc-volume
  mkdir -p "$volume"
  rm -rf "$CONFORM/rootfs/proc"
  ln -s /vol/proc "$CONFORM/rootfs/proc"
  ! conform ".mounts = [{destination: \"/vol\", type: \"bind\", source: \"$volume\", options: [\"bind\"]}] + .mounts" 'echo ran' > "$WORK/out" 2>&1 || fail "was mounted on a link"
  is "" "$(ls -A "$volume")"
}

CVE_2026_30892_users_of_exec_are_ids_and_nothing_else() {
  chosen_holds .
  local user
  for user in 2147483648 4294967296 4294967295 99999999999 18446744073709551616 -1 0x0 1:4294967296 ' 0' root x; do
    # what is taken is the id that was asked for, and never root; 4294967295 is -1, which leaves the id as it is
    ! chosen exec --user "$user" held id -u > "$WORK/out" 2> "$WORK/stderr" || is "$user" "$(cat "$WORK/out")"
  done
  oci_ends
}

CVE_2022_29162_no_inheritable_capabilities_of_exec() {
  chosen_holds 'del(.process.capabilities.inheritable)'
  is 0000000000000000 "$(chosen exec held sed -n 's/^CapInh:\t//p' /proc/self/status)"
  is 0000000000000000 "$(chosen exec --cap CAP_NET_RAW held sed -n 's/^CapInh:\t//p' /proc/self/status)"
  oci_ends
}

CVE_2022_36109_supplementary_groups_are_those_of_the_configuration() {
  is "100 5" "$(conform '.process.user = {uid: 1000, gid: 100, additionalGids: [5]}' 'id -G')"
  is 0 "$(conform . 'id -G')"
  chosen_holds '.process.user = {uid: 1000, gid: 100, additionalGids: [5]}'
  is "100 5" "$(chosen exec held id -G)"
  oci_ends
}

CVE_2024_3154_annotations_change_no_step_of_the_start() {
  [ "${RUNTIME##*/}" = sampan-oci ] || skip "the plan is sampan-oci's"
  bundle "$WORK/annotated"
  sampan-oci plan --bundle "$WORK/annotated" > "$WORK/plan-before"
  jq '.annotations = {"run.oci.hooks.stdout": "/canary", "run.oci.keep_original_groups": "1", "run.oci.systemd.subgroup": "../x", "run.oci.handler": "wasm", "run.oci.seccomp_bpf_data": "BgAAAAAA/38=",
    "run.oci.mount_context_type": "context", "org.systemd.property.ExecStartPre": "[(\"/bin/sh\", [\"sh\"], false)]", "org.criu.config": "/etc/passwd", "io.kubernetes.cri.userns": "no"}' \
    "$WORK/annotated/config.json" > "$WORK/annotated/new"
  mv "$WORK/annotated/new" "$WORK/annotated/config.json"
  sampan-oci plan --bundle "$WORK/annotated" | cmp - "$WORK/plan-before"
}

CVE_2026_47262_a_huge_passwd_is_not_read_into_memory() {
  attacked
  needs /usr/bin/time
  truncate -s 1G "$CONFORM/rootfs/etc/passwd"
  truncate -s 1G "$CONFORM/rootfs/etc/group"
  jq '.process.env = ["PATH=/bin"] | .process.args = ["true"]' "$CONFORM/base.json" > "$CONFORM/config.json" # no HOME: it is looked up
  timeout 60 /usr/bin/time -f %M -o "$WORK/peak" "$RUNTIME" --root "$WORK/oci-state" run --bundle "$CONFORM" huge < /dev/null > /dev/null 2>&1 || true
  [ "$(tail -n 1 "$WORK/peak")" -lt 100000 ] || fail "$(cat "$WORK/peak") KiB"
}

CVE_2023_25809_cgroups_of_the_host_can_not_be_written_without_a_namespace() {
  is no "$(conform '.linux.namespaces |= map(select(.type != "cgroup")) | .mounts |= map(if .type == "cgroup" then .options = ["nosuid","noexec","nodev"] else . end)' \
    'cd /sys/fs/cgroup; for d in . */; do mkdir $d/../../../escape-$$ $d/escape-$$ 2> /dev/null; done; echo no' | tail -n 1)"
  is "" "$(find /sys/fs/cgroup -maxdepth 2 -name 'escape-*' -print -exec rmdir {} \;)"
}

CVE_2021_43784_long_values_stay_in_their_place() {
  head -c 70000 /dev/zero | tr '\0' A > "$WORK/long"
  conform . true
  jq --rawfile long "$WORK/long" '.process.args = ["sh", "-c", "echo ${#LONG} $(id -u) $(readlink /proc/self/ns/user)"] | .process.env += ["LONG=" + $long]' \
    "$CONFORM/base.json" > "$CONFORM/config.json"
  is "70000 0 $(readlink /proc/self/ns/user)" "$(chosen run --bundle "$CONFORM" "long-$$" < /dev/null)"
  jq --rawfile long "$WORK/long" '.process.args = ["true"] | .hostname = $long' "$CONFORM/base.json" > "$CONFORM/config.json"
  ! chosen run --bundle "$CONFORM" "long-$$" < /dev/null > "$WORK/out" 2>&1 || fail "a name of 70000 characters was taken"
}

Cgroups_of_exec_stay_below_the_containers() {
  [ "${RUNTIME##*/}" = sampan-oci ] || skip "an option of newer runtimes"
  chosen_holds '.linux.cgroupsPath = "/sampan-test/held"'
  local path
  for path in ../../.. .. x/../.. /../..; do
    ! chosen exec --cgroup "$path" held true 2> "$WORK/stderr" || fail "$path was taken"
    one_line_error
  done
  oci_ends
}

CVE_2024_25621_state_is_closed_to_other_users() {
  chosen_holds .
  is "denied" "$(setpriv --reuid 65534 --regid 65534 --clear-groups sh -c "cat $WORK/oci-state/held/* > /dev/null 2>&1 && echo read || echo denied")"
  is "" "$(find "$WORK/oci-state/held" -perm -o=w -not -type l)"
  oci_ends
}

Nothing_of_the_masked_paths_can_be_read_or_written() {
  is "" "$(conform . 'for p in /proc/kcore /proc/keys /proc/timer_list /proc/latency_stats; do [ ! -e $p ] || [ -z "$(head -c 1 $p 2> /dev/null)" ] || echo read $p; done
    for p in /proc/sys/kernel/core_pattern /proc/sysrq-trigger /proc/irq/default_smp_affinity /proc/bus/pci/x; do (echo x > $p) 2> /dev/null && echo written $p; done; ls -A /sys/firmware 2> /dev/null')"
}
