#!/bin/bash
# Containers that are saved by criu and go on from what was saved.

# saved RUNTIME COMMAND...: the runtime with the state of these tests and that criu.
saved() {
  local runtime=$1
  shift
  if [ "$runtime" = crun ]; then "$runtime" --root "$WORK/oci-saved" "$@"; else "$runtime" --root "$WORK/oci-saved" --criu "$criu" "$@"; fi
}

# A counter in a variable of a shell: it goes on only where the memory was kept.
# counting [jq filter]: makes a bundle of it, which writes the number to /count.
counting() {
  bundle "$WORK/saved" '.root.readonly = false | .process.args = ["sh", "-c", "i=0; while :; do i=$((i+1)); echo $i > /count.new; mv /count.new /count; sleep 0.05; done"] | '"${1:-.}"
}
counted() { cat "$WORK/saved/rootfs/count"; }
has_counted() { [ "$(counted)" -gt "$1" ]; }

# save [flags...] / go_on [flags...]: checkpoint and restore of the container `saved`.
save() { saved sampan-oci checkpoint --image-path "$WORK/saved/images" --work-path "$WORK/saved/work" "$@" saved; }
go_on() { saved sampan-oci restore --detach --bundle "$WORK/saved" --image-path "$WORK/saved/images" --work-path "$WORK/saved/work" "$@" saved; }
forget_saved() { saved sampan-oci delete --force saved > /dev/null 2>&1 || true; rm -rf "$WORK/saved" "$WORK/oci-saved"; }
# started: streams that are pipes, as engines have them. It is the cat that ends last.
started() { saved sampan-oci run --detach --bundle "$WORK/saved" --pid-file "$WORK/saved/pid" saved < /dev/null 2>&1 | cat > "$WORK/saved/output" & }

A_saved_container_goes_on_where_it_was() {
  with_criu
  trap forget_saved EXIT
  counting
  started
  eventually test -s "$WORK/saved/rootfs/count"
  eventually has_counted 3
  local before pid
  pid=$(cat "$WORK/saved/pid")
  save --status-fd -1
  ! kill -0 "$pid" 2> /dev/null || [ "$(awk '{ print $3 }' "/proc/$pid/stat")" = Z ] || fail "it still runs"
  exits 1 saved sampan-oci state saved
  has "$(cat "$WORK/stderr")" 'container does not exist'
  has "$(cat "$WORK/saved/images/descriptors.json")" '"/dev/null","pipe:['
  before=$(counted)
  go_on --pid-file "$WORK/saved/pid" < /dev/null 2>&1 | cat > "$WORK/saved/output" &
  eventually sh -c "sampan-oci --root $WORK/oci-saved state saved | grep -q running"
  eventually has_counted "$((before + 3))"
  is "$(cat "$WORK/saved/pid")" "$(saved sampan-oci state saved | jq -r .pid)"
  is inside "$(saved sampan-oci exec saved echo inside)"
  has "$(saved sampan-oci ps saved)" "$(cat "$WORK/saved/pid")"
  # it is in its cgroup, which can be frozen
  saved sampan-oci pause saved
  is paused "$(saved sampan-oci state saved | jq -r .status)"
  saved sampan-oci resume saved
  saved sampan-oci kill saved KILL
  eventually sh -c "sampan-oci --root $WORK/oci-saved state saved | grep -q stopped"
  saved sampan-oci delete saved
  ! findmnt -rno TARGET | grep -q criu-root || fail "a mount was left"
}

A_saved_container_keeps_its_mounts_masks_limits_and_hostname() {
  with_criu
  trap forget_saved EXIT
  counting '.hostname = "kept" | .linux.resources.pids.limit = 77 | .linux.cgroupsPath = "/sampan-saved/one" |
    .mounts += [{destination: "/data", type: "bind", source: "outer", options: ["rbind", "ro"]}, {destination: "/etc/one", type: "bind", source: "one", options: ["bind"]}]'
  mkdir "$WORK/saved/outer"
  echo inner > "$WORK/saved/outer/file"
  echo one > "$WORK/saved/one"
  started
  eventually test -s "$WORK/saved/rootfs/count"
  save
  # the sources of mounts are told anew, and a root file system that was copied lacks the places for them
  mv "$WORK/saved/outer" "$WORK/saved/moved"
  sed -i 's/"outer"/"moved"/' "$WORK/saved/config.json"
  rm "$WORK/saved/rootfs/etc/one"
  rmdir "$WORK/saved/rootfs/data"
  go_on < /dev/null 2>&1 | cat > "$WORK/saved/output" &
  eventually sh -c "sampan-oci --root $WORK/oci-saved state saved | grep -q running"
  is kept "$(saved sampan-oci exec saved hostname)"
  is 'inner one' "$(echo $(saved sampan-oci exec saved cat /data/file /etc/one))"
  exits 1 saved sampan-oci exec saved touch /data/new
  has "$(cat "$WORK/stderr")" 'Read-only file system'
  is 0 "$(saved sampan-oci exec saved sh -c 'wc -c < /proc/keys')"
  is 77 "$(cat /sys/fs/cgroup/pids/sampan-saved/one/pids.max /sys/fs/cgroup/sampan-saved/one/pids.max 2> /dev/null)"
  has "$(cat "/proc/$(saved sampan-oci state saved | jq -r .pid)/cgroup")" /sampan-saved/one
  forget_saved
  find /sys/fs/cgroup -depth -type d -path '*/sampan-saved' -exec rmdir {} + 2> /dev/null || true
}

A_container_left_running_by_its_checkpoint_runs() {
  with_criu
  trap forget_saved EXIT
  counting
  started
  eventually test -s "$WORK/saved/rootfs/count"
  save --leave-running
  test -e "$WORK/saved/images/inventory.img"
  is running "$(saved sampan-oci state saved | jq -r .status)"
  local before
  before=$(counted)
  eventually has_counted "$before"
}

A_restored_container_in_the_foreground_gives_its_exit_code() {
  with_criu
  trap forget_saved EXIT
  bundle "$WORK/saved" '.root.readonly = false | .process.args = ["sh", "-c", "until [ -e /go ]; do sleep 0.05; done; echo said; exit 9"]'
  started
  eventually test -s "$WORK/saved/pid"
  sleep 0.2
  save
  touch "$WORK/saved/rootfs/go"
  { saved sampan-oci restore --bundle "$WORK/saved" --image-path "$WORK/saved/images" saved < /dev/null 2>&1 || echo $? > "$WORK/saved/code"; } | cat > "$WORK/saved/output"
  is 9 "$(cat "$WORK/saved/code")"
  is said "$(cat "$WORK/saved/output")"
  exits 1 saved sampan-oci state saved
}

A_container_that_can_not_be_saved_goes_on_and_criu_says_why() {
  with_criu
  trap forget_saved EXIT
  counting
  # a file of the host as output: criu knows the container's mounts only
  saved sampan-oci run --detach --bundle "$WORK/saved" saved < /dev/null > "$WORK/saved/output" 2>&1
  eventually test -s "$WORK/saved/rootfs/count"
  exits 1 save
  one_line_error
  has "$(cat "$WORK/stderr")" "Can't lookup mount="
  has "$(cat "$WORK/stderr")" "log file: $WORK/saved/work/dump.log"
  is running "$(saved sampan-oci state saved | jq -r .status)"
  local before
  before=$(counted)
  eventually has_counted "$before"
}

What_can_not_be_restored_leaves_nothing() {
  with_criu
  trap forget_saved EXIT
  counting '.linux.cgroupsPath = "/sampan-saved/two"'
  exits 1 go_on
  has "$(cat "$WORK/stderr")" 'no such file or directory'
  mkdir "$WORK/saved/images"
  exits 1 go_on
  one_line_error
  has "$(cat "$WORK/stderr")" 'log file: '
  is "[]" "$(saved sampan-oci list --format json)"
  [ -z "$(find /sys/fs/cgroup -type d -path '*/sampan-saved/two')" ] || fail "its cgroup was left"
  find /sys/fs/cgroup -depth -type d -path '*/sampan-saved' -exec rmdir {} + 2> /dev/null || true
}

Checkpoint_and_restore_refuse_what_they_can_not_do() {
  with_criu
  trap forget_saved EXIT
  counting
  exits 1 save
  has "$(cat "$WORK/stderr")" 'container does not exist'
  saved sampan-oci create --bundle "$WORK/saved" saved < /dev/null > /dev/null 2>&1
  exits 1 save
  has "$(cat "$WORK/stderr")" 'not started'
  saved sampan-oci start saved
  exits 1 save --parent-path none
  has "$(cat "$WORK/stderr")" '--parent-path none: is not a folder'
  exits 1 save --empty-ns pid
  exits 1 save --page-server nowhere
  exits 1 save --manage-cgroups-mode odd
  exits 1 save --status-fd 77
  exits 1 sampan-oci --root "$WORK/oci-saved" --criu /no/such checkpoint --image-path "$WORK/saved/images" saved
  has "$(cat "$WORK/stderr")" 'executable file not found in $PATH'
  # only kernels that note which memory was written can save it bit by bit
  if [ "$(dd if=/proc/self/pagemap bs=8 count=1 2> /dev/null | wc -c)" = 8 ] && "$criu" check --feature mem_dirty_track > /dev/null 2>&1; then
    save --pre-dump
    is running "$(saved sampan-oci state saved | jq -r .status)"
  else
    exits 1 save --pre-dump
    has "$(cat "$WORK/stderr")" '--pre-dump: this kernel does not track'
  fi
}

What_runc_saved_sampan_oci_restores_and_the_reverse() {
  with_criu
  trap 'saved runc delete --force saved > /dev/null 2>&1; forget_saved' EXIT
  counting
  saved runc run --detach --bundle "$WORK/saved" saved < /dev/null 2>&1 | cat > "$WORK/saved/output" &
  eventually test -s "$WORK/saved/rootfs/count"
  saved runc checkpoint --image-path "$WORK/saved/images" --work-path "$WORK/saved/work" saved
  local before
  before=$(counted)
  go_on < /dev/null 2>&1 | cat > "$WORK/saved/output" &
  eventually has_counted "$((before + 3))"
  is running "$(saved sampan-oci state saved | jq -r .status)"
  rm -rf "$WORK/saved/images"
  save
  before=$(counted)
  saved runc restore --detach --bundle "$WORK/saved" --image-path "$WORK/saved/images" --work-path "$WORK/saved/work" saved < /dev/null 2>&1 | cat > "$WORK/saved/output" &
  eventually has_counted "$((before + 3))"
  is running "$(saved runc state saved | jq -r .status)"
}

A_paused_container_is_saved_and_stays_paused_where_it_is_left() {
  with_criu
  trap forget_saved EXIT
  counting
  started
  eventually test -s "$WORK/saved/rootfs/count"
  saved sampan-oci pause saved
  save --leave-running
  is paused "$(saved sampan-oci state saved | jq -r .status)"
  rm -rf "$WORK/saved/images"
  save
  local before
  before=$(counted)
  go_on < /dev/null 2>&1 | cat > "$WORK/saved/output" &
  eventually has_counted "$((before + 3))"
}

A_terminal_is_handed_over_again_at_a_restore() {
  with_criu
  trap forget_saved EXIT
  bundle "$WORK/saved" '.process.terminal = true | .process.args = ["sh", "-c", "while read word; do echo got $word; done"]'
  # keeps the terminal open and shows what comes from it, and writes what comes to it
  cat > "$WORK/saved/terminal.py" << 'PY'
import os, socket, sys, threading
server = socket.socket(socket.AF_UNIX)
server.bind(sys.argv[1])
server.listen(1)
connection, _ = server.accept()
_, descriptors, _, _ = socket.recv_fds(connection, 4096, 1)
def show():
    while data := os.read(descriptors[0], 4096):
        sys.stdout.buffer.write(data)
        sys.stdout.flush()
threading.Thread(target=show, daemon=True).start()
with open(sys.argv[2]) as typed:
    for line in typed: os.write(descriptors[0], line.encode())
PY
  local round command
  for round in first second; do
    mkfifo "$WORK/saved/typed-$round"
    python3 "$WORK/saved/terminal.py" "$WORK/saved/$round.sock" "$WORK/saved/typed-$round" > "$WORK/saved/shown-$round" 2>&1 &
    exec 9<> "$WORK/saved/typed-$round"
    eventually test -S "$WORK/saved/$round.sock"
    if [ "$round" = first ]; then command=(run --detach --bundle "$WORK/saved"); else command=(restore --detach --bundle "$WORK/saved" --image-path "$WORK/saved/images"); fi
    saved sampan-oci "${command[@]}" --console-socket "$WORK/saved/$round.sock" saved
    echo "$round" >&9
    eventually grep -q "got $round" "$WORK/saved/shown-$round"
    [ "$round" = second ] || saved sampan-oci checkpoint --image-path "$WORK/saved/images" saved
    exec 9>&-
  done
}
