#!/bin/bash
# runc's command line, verb by verb. What is common to all runtimes is checked on runc and crun too (`verbs`, `streams`); what callers
# need beyond that, on sampan-oci alone.

OCI_ROOT=${WORK:-}/oci-verbs # a test is a process of its own, which has it

# oci ARGUMENTS...: the runtime under test, with a state of its own.
oci() { "$runtime" --root "$OCI_ROOT" "$@"; }

status() { oci state "$1" 2> /dev/null | jq -r .status; }

# stands ID STATUS: the status, waiting for it.
stands() {
  for _ in $(seq 100); do [ "$(status "$1")" = "$2" ] && return 0; sleep 0.05; done
  fail "container $1 is $(status "$1"), not $2"
}

# clean: whatever a failed check left.
clean() {
  local id
  for id in $(oci list -q 2> /dev/null); do
    oci resume "$id" > /dev/null 2>&1 || true # crun does not end a frozen one
    oci delete --force "$id" > /dev/null 2>&1 || true
  done
  rm -rf "$OCI_ROOT" "$WORK/verbs"
  mountpoint -q /sys/fs/cgroup/unified || rm -rf /sys/fs/cgroup/unified/sampan-oci-test
}

# created ID [jq filter]: a container that waits for its start, its streams in files.
created() {
  bundle "$WORK/verbs/$1" "${2:-.process.args = [\"sleep\", \"100\"]} | .linux.cgroupsPath = \"/sampan-oci-test/$1\""
  oci create --bundle "$WORK/verbs/$1" "$1" < /dev/null > "$WORK/verbs/$1.out" 2>&1 || fail "create $1: $(cat "$WORK/verbs/$1.out")"
}

verbs() {
  runtime=$1
  [ "$1" != crun ] || in_pure_v1
  trap clean EXIT
  created a
  stands a created
  exits 1 oci start no-such-id
  oci start a
  stands a running
  exits 1 oci start a
  # a second container of the same name
  exits 1 oci create --bundle "$WORK/verbs/a" a
  exits 1 oci delete a
  oci pause a
  stands a paused
  oci resume a
  stands a running
  is "[$(oci state a | jq .pid)]" "$(oci ps --format json a | jq -c .)"
  has "$(oci ps a)" "$(oci state a | jq .pid)"
  is a "$(oci list -q)"
  is running "$(oci list --format json | jq -r '.[0].status')"
  [[ $(oci list | head -n 1) =~ ^(ID|NAME)\ +PID\ +STATUS\ +BUNDLE ]] || fail "list: $(oci list)"
  oci update --memory 33554432 a
  is 33554432 "$(cat /sys/fs/cgroup/memory/sampan-oci-test/a/memory.limit_in_bytes)"
  echo '{"memory":{"limit":67108864},"pids":{"limit":40}}' | oci update --resources - a
  is 67108864 "$(cat /sys/fs/cgroup/memory/sampan-oci-test/a/memory.limit_in_bytes)"
  is 40 "$(cat /sys/fs/cgroup/pids/sampan-oci-test/a/pids.max)"
  oci exec --detach --pid-file "$WORK/verbs/exec.pid" a sleep 200
  # runc returns a moment before the command is executed
  eventually sh -c "tr '\\0' ' ' < /proc/\$(cat $WORK/verbs/exec.pid)/cmdline | grep -q 'sleep 200'"
  is '7 8 /tmp b' "$(oci exec --user 7:8 --cwd /tmp --env A=b a /bin/sh -c 'echo $(/bin/id -u) $(/bin/id -G) $(pwd) $A')"
  [ "$1" = crun ] || is '0 9 10' "$(oci exec --additional-gids 9 --additional-gids=10 a id -G)"
  exits 3 oci exec a sh -c 'exit 3'
  jq -n '{args: ["sh", "-c", "id -u; exit 5"], cwd: "/", env: ["PATH=/bin"], user: {uid: 11, gid: 12}}' > "$WORK/verbs/process.json"
  exits 5 oci exec --process "$WORK/verbs/process.json" a
  is 11 "$(cat "$WORK/stdout")"
  oci kill a KILL
  stands a stopped
  exits 1 oci kill a TERM
  oci delete a
  exits 1 oci state a
  exits 1 oci delete a
  exits 0 oci delete --force a

  created b
  oci delete b 2> /dev/null || oci delete --force b # crun wants --force for one that was only created
  # SIGKILL to a paused container acts at once
  created c
  oci start c
  oci pause c
  oci kill c KILL
  oci delete --force c
  exits 1 oci state c
  # where version 2 was put away for crun, it makes plain folders in place of cgroups, and keeps them
  ! find /sys/fs/cgroup/*/sampan-oci-test -mindepth 1 -type d -not -path '*/unified/*' | grep . || fail 'a cgroup is left'
  [ "$1" = crun ] || ! find /sys/fs/cgroup/unified/sampan-oci-test -mindepth 1 -type d | grep . || fail 'a cgroup of version 2 is left'
  clean
}

# streams: exit codes, descriptors, terminals, log.
streams() {
  runtime=$1
  [ "$1" != crun ] || in_pure_v1
  trap clean EXIT
  local socket=$WORK/verbs.sock
  # what is sent to the one that waits reaches the container
  bundle "$WORK/verbs/s" '.process.args = ["sh", "-c", "trap \"exit 6\" TERM; while true; do sleep 0.1; done"]'
  "$runtime" --root "$OCI_ROOT" run --bundle "$WORK/verbs/s" s < /dev/null > /dev/null 2>&1 &
  stands s running
  sleep 0.3 # until the trap is set
  kill -TERM $!
  local code=0
  wait $! || code=$?
  is 6 "$code"
  bundle "$WORK/verbs/s" '.process.args = ["sleep", "100"]'
  "$runtime" --root "$OCI_ROOT" run --bundle "$WORK/verbs/s" s < /dev/null > /dev/null 2>&1 &
  stands s running
  oci kill s KILL
  code=0
  wait $! || code=$?
  is 137 "$code"
  bundle "$WORK/verbs/s" '.process.args = ["/no/such"]'
  exits 1 "$runtime" --root "$OCI_ROOT" --log "$WORK/verbs/log" --log-format=json run --bundle "$WORK/verbs/s" s
  tail -n 1 "$WORK/verbs/log" | jq -e '.level == "error" and (.msg | ascii_downcase | test("no such file or directory|not found")) and (.time | fromdate? // (.[0:19] + "Z" | fromdate))' > /dev/null \
    || fail "log: $(cat "$WORK/verbs/log")"
  exits 1 oci state s
  bundle "$WORK/verbs/s" '.process.args = ["sh", "-c", "cat <&3; ls /proc/self/fd"]'
  echo passed > "$WORK/verbs/file"
  is 'passed 0 1 2 3 4' "$(echo $(oci run --preserve-fds 1 --bundle "$WORK/verbs/s" s 3< "$WORK/verbs/file" 5< "$WORK/verbs/file"))"
  # a terminal goes to whoever listens at the console socket
  bundle "$WORK/verbs/t" '.process.terminal = true | .process.args = ["sh", "-c", "tty; sleep 100"] | .linux.cgroupsPath = "/sampan-oci-test/t"'
  exits 1 oci run --detach --bundle "$WORK/verbs/t" t
  receive "$socket" > "$WORK/verbs/terminal" &
  eventually test -S "$socket"
  oci run --detach --console-socket "$socket" --bundle "$WORK/verbs/t" t
  wait $!
  has "$(cat "$WORK/verbs/terminal")" /dev/pts/0
  oci delete --force t
  # what waits for its start has that terminal, and none of the streams of create: a caller reads those until their end
  rm -f "$socket"
  receive "$socket" > "$WORK/verbs/terminal" &
  eventually test -S "$socket"
  oci create --console-socket "$socket" --bundle "$WORK/verbs/t" t 2>&1 | timeout 10 cat
  stands t created
  oci start t
  wait $!
  has "$(cat "$WORK/verbs/terminal")" /dev/pts/0
  oci delete --force t
  # the caller's own terminal
  bundle "$WORK/verbs/t" '.process.terminal = true | .process.args = ["sh", "-c", "tty; stty -a | grep -o .onlcr"] | .linux.cgroupsPath = "/sampan-oci-test/t"'
  script -qec "$runtime --root $OCI_ROOT run --bundle $WORK/verbs/t t" /dev/null < /dev/null > "$WORK/verbs/terminal"
  has "$(cat "$WORK/verbs/terminal")" /dev/pts/0
  rm -f "$socket"
  clean
}

# receive SOCKET: waits for one terminal, and prints the first line that comes from it.
receive() {
  /usr/bin/python3 - "$1" << 'PY'
import os, socket, sys
listener = socket.socket(socket.AF_UNIX)
listener.bind(sys.argv[1])
listener.listen(1)
connection, _ = listener.accept()
_, descriptors, _, _ = socket.recv_fds(connection, 4096, 1)
print(os.read(descriptors[0], 4096).decode().split("\n")[0], flush=True)
PY
}

Sampan_oci_has_runcs_verbs() { verbs sampan-oci; }
Runc_has_the_verbs_that_are_checked() { verbs runc; }
Crun_has_the_verbs_that_are_checked() { verbs crun; }
Sampan_oci_hands_streams_on() { streams sampan-oci; }
Runc_hands_streams_on_as_checked() { streams runc; }
Crun_hands_streams_on_as_checked() { streams crun; }

Errors_are_logged_as_json_and_bare_on_stderr() {
  runtime=sampan-oci
  trap clean EXIT
  rm -f "$WORK/log.json"
  exits 1 sampan-oci --root "$OCI_ROOT" --log "$WORK/log.json" --log-format json start none
  is 'container does not exist: none' "$(cat "$WORK/stderr")"
  is 'error container does not exist: none' "$(jq -r '.level + " " + .msg' "$WORK/log.json")"
  jq -e '.time | fromdate' "$WORK/log.json" > /dev/null
  exits 255 oci exec none true
  created p
  oci start p
  exits 255 oci exec p no-such
  has "$(cat "$WORK/stderr")" 'executable file not found in $PATH'
  exits 255 oci exec p /etc
  has "$(cat "$WORK/stderr")" 'permission denied'
  exits 255 oci exec --apparmor no-such-profile p true
  oci pause p
  exits 255 oci exec p true
  has "$(cat "$WORK/stderr")" 'paused'
  exits 1 oci start p
  oci resume p
  exits 1 oci resume p
  has "$(cat "$WORK/stderr")" 'not paused'
  oci kill p 9
  stands p stopped
  exits 1 oci kill p TERM
  has "$(cat "$WORK/stderr")" 'container not running'
  exits 1 oci update --memory 1 p
  exits 1 oci kill p NOSUCH
  rm -f "$WORK/log.json"
  clean
}

A_process_for_a_paused_container_begins_when_that_goes_on() {
  runtime=sampan-oci
  trap clean EXIT
  created p '.process.args = ["sleep", "100"] | .root.readonly = false | .linux.cgroupsPath = "/sampan-oci-test/p"'
  oci start p
  oci pause p
  sampan-oci --root "$OCI_ROOT" exec --ignore-paused p touch /tmp/was-here &
  sleep 0.3
  [ ! -e "$WORK/verbs/p/rootfs/tmp/was-here" ] || fail 'it ran though the container is paused'
  oci resume p
  wait $!
  eventually test -e "$WORK/verbs/p/rootfs/tmp/was-here"
  clean
}

Sockets_of_a_service_manager_reach_the_container() {
  runtime=sampan-oci
  trap clean EXIT
  bundle "$WORK/verbs/l" '.process.args = ["sh", "-c", "echo $LISTEN_FDS $LISTEN_PID; cat <&3; cat <&4"]'
  echo one > "$WORK/verbs/one"
  echo two > "$WORK/verbs/two"
  is '2 1 one two' "$(echo $(
    exec 3< "$WORK/verbs/one" 4< "$WORK/verbs/two"
    export LISTEN_FDS=2
    sh -c 'LISTEN_PID=$$ exec "$@"' - sampan-oci --root "$OCI_ROOT" run --bundle "$WORK/verbs/l" l
  ))"
  # variables that are for somebody else's process are not taken for ours
  is '' "$(LISTEN_FDS=1 LISTEN_PID=1 sampan-oci --root "$OCI_ROOT" run --bundle "$WORK/verbs/l" l 2> /dev/null < /dev/null | tr -d ' \n')"
  exits 1 oci run --preserve-fds 3 --bundle "$WORK/verbs/l" l
  has "$(cat "$WORK/stderr")" 'descriptor 3 is not open'
  clean
}

A_service_manager_hears_that_the_container_is_ready() {
  runtime=sampan-oci
  trap clean EXIT
  local socket=$WORK/notify.sock
  command -v socat > /dev/null || skip "socat is not installed"
  mkdir -p "$WORK/verbs"
  # the image has no program that sends a datagram to a unix socket: a static one is made
  printf '#include <sys/socket.h>\n#include <sys/un.h>\n#include <string.h>\n#include <stdlib.h>\n#include <unistd.h>\nint main(void){struct sockaddr_un a={1};int s=socket(1,2,0);strcpy(a.sun_path,getenv("NOTIFY_SOCKET"));if(sendto(s,"READY=1",7,0,(void*)&a,sizeof a)!=7)return 1;pause();}\n' > "$WORK/verbs/ready.c"
  gcc -static -o "$WORK/verbs/ready" "$WORK/verbs/ready.c"
  socat -u UNIX-RECV:"$socket" OPEN:"$WORK/verbs/heard",creat &
  local listener=$!
  eventually test -S "$socket"
  bundle "$WORK/verbs/n" '.process.args = ["/ready"]'
  cp "$WORK/verbs/ready" "$WORK/verbs/n/rootfs/ready"
  NOTIFY_SOCKET=$socket oci run --detach --bundle "$WORK/verbs/n" n < /dev/null > /dev/null 2>&1
  eventually grep -q "MAINPID=$(oci state n | jq .pid)" "$WORK/verbs/heard"
  has "$(cat "$WORK/verbs/heard")" READY=1
  oci delete --force n
  : > "$WORK/verbs/heard"
  NOTIFY_SOCKET=$socket oci create --bundle "$WORK/verbs/n" n < /dev/null > /dev/null 2>&1
  [ ! -s "$WORK/verbs/heard" ] || fail 'ready before its start'
  NOTIFY_SOCKET=$socket oci start n
  eventually grep -q READY=1 "$WORK/verbs/heard"
  oci delete --force n
  kill "$listener" 2> /dev/null
  wait "$listener" 2> /dev/null || true
  rm -f "$socket"
  clean
}

A_root_that_can_not_be_pivoted_into_is_moved() {
  runtime=sampan-oci
  trap clean EXIT
  bundle "$WORK/verbs/m" '.process.args = ["sh", "-c", "cat /etc/layer; ls /proc/1/root/etc/passwd; ls /../root | wc -l; grep -c . /proc/self/mountinfo"]'
  exits 0 oci run --no-pivot --bundle "$WORK/verbs/m" m
  has "$(cat "$WORK/stdout")" 'second layer'
  clean
}

Five_hundred_containers_come_and_go() {
  runtime=sampan-oci
  trap clean EXIT
  local started listed
  bundle "$WORK/verbs/many" '.process.args = ["sleep", "1000"]'
  started=$(date +%s%N)
  for i in $(seq 500); do
    jq ".linux.cgroupsPath = \"/sampan-oci-test/many$i\"" "$WORK/verbs/many/config.json" > "$WORK/verbs/config.$i"
    mv "$WORK/verbs/config.$i" "$WORK/verbs/many/config.json"
    oci create --bundle "$WORK/verbs/many" "many$i" < /dev/null > /dev/null 2>&1
    oci start "many$i"
  done
  echo "500 created and started in $((($(date +%s%N) - started) / 1000000)) ms"
  listed=$(date +%s%N)
  is 500 "$(oci list --format json | jq '[.[] | select(.status == "running")] | length')"
  listed=$((($(date +%s%N) - listed) / 1000000))
  echo "listed in $listed ms"
  [ "$listed" -lt 1000 ] || fail "list took $listed ms"
  for i in $(seq 500); do oci delete --force "many$i"; done
  is '' "$(oci list -q)"
  clean
}

# killed_after MICROSECONDS COMMAND...: the command, with SIGKILL after that time.
killed_after() {
  /usr/bin/python3 - "$@" << 'PY'
import os, subprocess, sys, time
null = subprocess.DEVNULL
child = subprocess.Popen(sys.argv[2:], stdin=null, stdout=null, stderr=null)
time.sleep(int(sys.argv[1]) / 1e6)
child.kill()
child.wait()
PY
}

# The processes of containers that this test made: by their cgroup, or by what they execute.
container_processes() { cat /sys/fs/cgroup/*/sampan-oci-test/kill*/cgroup.procs 2> /dev/null; pgrep -f '^sleep 4321$'; return 0; }

A_kill_of_the_runtime_at_any_moment_leaves_nothing_that_delete_does_not_remove() {
  runtime=sampan-oci
  trap clean EXIT
  local round verb rounds=${SAMPAN_TEST_KILL_ROUNDS:-25}
  bundle "$WORK/verbs/k" '.process.args = ["sleep", "4321"] | .linux.cgroupsPath = "/sampan-oci-test/kill"'
  for verb in create start run delete; do
    for round in $(seq "$rounds"); do
      case $verb in
        create) killed_after $((RANDOM % 20000)) sampan-oci --root "$OCI_ROOT" create --bundle "$WORK/verbs/k" k ;;
        run) killed_after $((RANDOM % 20000)) sampan-oci --root "$OCI_ROOT" run --detach --bundle "$WORK/verbs/k" k ;;
        start)
          oci create --bundle "$WORK/verbs/k" k < /dev/null > /dev/null 2>&1
          killed_after $((RANDOM % 6000)) sampan-oci --root "$OCI_ROOT" start k
          # whatever it was killed at, it can be started now or runs
          [ "$(status k)" = running ] || oci start k
          stands k running ;;
        delete)
          oci run --detach --bundle "$WORK/verbs/k" k < /dev/null > /dev/null 2>&1
          killed_after $((RANDOM % 15000)) sampan-oci --root "$OCI_ROOT" delete --force k ;;
      esac
      oci delete --force k || fail "$verb, round $round: delete --force failed"
      eventually sh -c '! pgrep -f "^sleep 4321$"'
      [ -z "$(container_processes)" ] || fail "$verb, round $round: processes are left: $(container_processes)"
      [ ! -e "$OCI_ROOT/k" ] || fail "$verb, round $round: the state is left"
      ! find /sys/fs/cgroup -path '*/sampan-oci-test/kill*' -type d | grep . || fail "$verb, round $round: a cgroup is left"
    done
  done
  clean
}
