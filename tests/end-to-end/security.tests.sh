#!/bin/bash
# Known escapes, each with the attacking configuration or image, named by its CVE. RUNTIME takes any runtime, as in
# conformance.tests.sh, whose `conform` and `chosen` are used here. A canary on the host must be as before.

canary() { echo canary > "$WORK/canary"; chmod 0600 "$WORK/canary"; stat -c '%i %a %u' "$WORK/canary"; cat "$WORK/canary"; }
canary_is() { is "$1" "$(stat -c '%i %a %u' "$WORK/canary"; cat "$WORK/canary")"; }

# A program of the container that is the runtime itself lets another process hold the runtime's file, and write it once nobody runs it.
# A command that is the runtime itself, to start a process of the attacker's that then sees the runtime's file.
CVE_2019_5736_a_container_can_not_begin_the_runtime_from_inside() {
  [ "$(basename "$RUNTIME")" = sampan-oci ] || skip "about a refusal of sampan-oci"
  bundle "$WORK/evil" 'del(.linux.resources) | .root.readonly = false | .process.args = ["/evil"] | .process.cwd = "/"'
  printf '#!/proc/self/exe run\n' > "$WORK/evil/rootfs/evil"
  chmod +x "$WORK/evil/rootfs/evil"
  cp "$WORK/evil/config.json" "$WORK/evil/rootfs/"
  ! "$RUNTIME" --root "$WORK/oci-state" run --bundle "$WORK/evil" evil < /dev/null > /dev/null 2> "$WORK/stderr" || fail "the runtime ran"
  has "$(cat "$WORK/stderr")" "CVE-2019-5736"
}

CVE_2019_5736_the_runtimes_file_can_not_be_written() {
  local victim=$WORK/victim
  cp "$(command -v "$RUNTIME")" "$victim"
  bundle "$WORK/evil" 'del(.linux.resources) | .root.readonly = false | .process.args = ["/attack"]'
  cat > "$WORK/evil/rootfs/attack" << 'ATTACK'
#!/bin/sh
while :; do
  for p in /proc/[0-9]*; do
    case $(readlink $p/exe 2> /dev/null) in /bin/*|/usr/bin/*|'') ;; *) exec 9< $p/exe && break 2 ;; esac
  done
done
touch /held
while :; do (echo overwritten > /proc/self/fd/9) 2> /dev/null && touch /written; sleep 0.02; done
ATTACK
  printf '#!/proc/self/exe\n' > "$WORK/evil/rootfs/evil"
  chmod +x "$WORK/evil/rootfs/attack" "$WORK/evil/rootfs/evil"
  # shellcheck disable=SC2064
  trap "$RUNTIME --root $WORK/oci-state delete --force evil > /dev/null 2>&1 || true" EXIT
  "$victim" --root "$WORK/oci-state" run --detach --bundle "$WORK/evil" evil < /dev/null > /dev/null 2>&1
  for _ in 1 2 3 4 5; do "$victim" --root "$WORK/oci-state" exec evil /evil > /dev/null 2>&1 || true; done
  sleep 1
  [ ! -e "$WORK/evil/rootfs/written" ] || fail "the runtime's file was overwritten"
  cmp "$(command -v "$RUNTIME")" "$victim"
  "$RUNTIME" --root "$WORK/oci-state" delete --force evil
}

CVE_2024_21626_no_working_directory_outside_the_root() {
  local n
  for n in $(seq 3 20); do
    conform ".process.cwd = \"/proc/self/fd/$n\"" 'cat ../../../../../../etc/hostname; ls' > "$WORK/out" 2>&1 && fail "fd $n: $(cat "$WORK/out")"
  done
  [ ! -e "$CONFORM/rootfs/proc/self" ]
}

CVE_2024_21626_no_descriptor_of_the_host_is_inherited() {
  exec 7< /etc
  is "0 1 2" "$(conform . 'ls /proc/self/fd | head -n 3 | xargs')"
  is 4 "$(conform . 'ls /proc/self/fd | wc -l')" # the fourth is that of ls
}

CVE_2019_19921_proc_may_not_be_a_link() {
  CONFORM=$WORK/conform-spoilt-$RANDOM
  conform . true
  rm -rf "$CONFORM/rootfs/proc"
  mkdir -p "$CONFORM/rootfs/other"
  ln -s other "$CONFORM/rootfs/proc"
  ! conform . 'echo ran' > "$WORK/out" 2>&1 || fail "was mounted on a link"
}

CVE_2021_30465_mounts_do_not_follow_links_out_of_the_root() {
  CONFORM=$WORK/conform-spoilt-$RANDOM
  conform . true
  local before
  before=$(canary)
  mkdir -p "$WORK/host-target"
  ln -sfn "../../../../../../../../$WORK/host-target" "$CONFORM/rootfs/escape"
  ln -sfn "$WORK/host-target" "$CONFORM/rootfs/absolute"
  conform '.mounts += [{destination: "/escape/x", type: "tmpfs", source: "tmpfs"}, {destination: "/absolute/y", type: "tmpfs", source: "tmpfs"}]' true || true
  is "" "$(ls "$WORK/host-target")"
  canary_is "$before"
}

CVE_2026_41579_dev_as_a_link_makes_nothing_on_the_host() {
  CONFORM=$WORK/conform-spoilt-$RANDOM
  conform . true
  mkdir -p "$WORK/host-dev"
  echo keep > "$WORK/host-dev/ptmx"
  rm -rf "$CONFORM/rootfs/dev"
  ln -sfn "$WORK/host-dev" "$CONFORM/rootfs/dev"
  conform . true > /dev/null 2>&1 || true
  conform '.mounts |= map(select(.destination | startswith("/dev") | not))' true > /dev/null 2>&1 || true
  is ptmx "$(ls "$WORK/host-dev")"
  is keep "$(cat "$WORK/host-dev/ptmx")"
}

CVE_2025_31133_masks_show_nothing_but_the_null_device() {
  CONFORM=$WORK/conform-spoilt-$RANDOM
  conform . true
  ln -sfn /etc/passwd "$CONFORM/rootfs/dev-null-link"
  is "0" "$(conform '.linux.maskedPaths = ["/proc/uptime"]' 'wc -c < /proc/uptime')"
  is "1,3" "$(conform '.linux.maskedPaths = ["/proc/uptime"]' 'stat -c %t,%T /proc/uptime')"
}

CVE_2022_29162_no_inheritable_capabilities() {
  is 0000000000000000 "$(conform 'del(.process.capabilities.inheritable)' "sed -n 's/^CapInh:\t//p' /proc/self/status")"
}

CVE_2022_0492_release_agent_can_not_be_written() {
  is no "$(conform . 'for f in $(find /sys/fs/cgroup -name release_agent 2> /dev/null); do echo /x > $f 2> /dev/null && echo yes; done; echo no')"
}

CVE_2017_5226_the_callers_terminal_is_out_of_reach() {
  is same "$(conform . '[ "$(cut -d" " -f6 /proc/self/stat)" = 1 ] && echo same')"
}

Container_ids_are_no_paths() {
  local id
  for id in ../x a/b . .. ''; do
    chosen run --bundle "$CONFORM" "$id" > /dev/null 2>&1 < /dev/null && fail "$id was taken"
  done
  [ ! -e "$WORK/x" ]
}
