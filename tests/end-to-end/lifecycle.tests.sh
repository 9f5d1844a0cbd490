#!/bin/bash
# A container's life when several commands, or kills, meet in it.

rounds() { seq "${SAMPAN_TEST_KILL_ROUNDS:-20}"; }

# some_time: up to 30 ms, which is about how long a start takes.
some_time() { sleep "0.0$(printf %02d $((RANDOM % 31)))"; }

# nothing_on_disk: the engine's folders hold no container, nor a part of one.
nothing_on_disk() {
  local found
  found=$(find "$SAMPAN_RUN/containers" "$SAMPAN_DATA/containers" "$SAMPAN_DATA/names" "$SAMPAN_DATA/removed" -mindepth 1)
  [ -z "$found" ] || fail "left on disk: $found"
}

# tried COMMAND...: it succeeds, or says that there is no such container (yet, or any more).
tried() { "$@" > "$WORK/tried" 2>&1 || grep -qx 'sampan: no container race' "$WORK/tried" || fail "$*: $(cat "$WORK/tried")"; }

A_container_that_is_just_starting_can_be_stopped_killed_and_removed() {
  local round client
  for round in $(rounds); do
    sampan run -d --name race "$IMAGES/busybox-docker-save.tar" sleep 100 > "$WORK/started" 2>&1 & client=$!
    some_time
    case $((round % 4)) in
      0) tried sampan rm -f race ;;
      1) tried sampan stop -t 0 race ;;
      # a signal is for a container that runs
      2) sampan kill race > "$WORK/killed" 2>&1 || grep -q -e 'no container race' -e 'is not running' "$WORK/killed" || fail "round $round: $(cat "$WORK/killed")" ;;
      3) sampan ps > /dev/null; sampan inspect race > /dev/null 2>&1 || true; tried sampan rm -f race ;;
    esac
    wait "$client" || fail "round $round: run: $(cat "$WORK/started")"
    tried sampan rm -f race
    nothing_on_disk
  done
}

Two_removals_at_the_same_time_both_succeed() {
  local round first
  for round in $(rounds); do
    sampan run -d --name race "$IMAGES/busybox-docker-save.tar" sleep 100 > /dev/null
    sampan rm -f race > "$WORK/first" 2>&1 & first=$!
    ((round % 2)) || some_time
    tried sampan rm -f race
    wait "$first" || grep -qx 'sampan: no container race' "$WORK/first" || fail "round $round: $(cat "$WORK/first")"
    nothing_on_disk
  done
}

Of_two_runs_with_one_name_one_wins() {
  local round first second won
  for round in $(rounds); do
    sampan run -d --name race "$IMAGES/busybox-docker-save.tar" sleep 100 > "$WORK/first" 2>&1 & first=$!
    sampan run -d --name race "$IMAGES/busybox-docker-save.tar" sleep 100 > "$WORK/second" 2>&1 & second=$!
    won=0
    if wait "$first"; then won=$((won + 1)); else grep -q 'name race is in use' "$WORK/first" || fail "$(cat "$WORK/first")"; fi
    if wait "$second"; then won=$((won + 1)); else grep -q 'name race is in use' "$WORK/second" || fail "$(cat "$WORK/second")"; fi
    is 1 "$won"
    is 1 "$(sampan ps -aq | wc -l)"
    sampan rm -f race > /dev/null
  done
}

Name_and_port_are_free_when_run_and_rm_return() {
  local round
  for round in $(rounds); do run --name=again --publish=8080:80 true; done
  for round in $(rounds); do
    sampan run -d --name again -p 8080:80 "$IMAGES/busybox-docker-save.tar" sleep 100 > /dev/null || fail "round $round"
    sampan rm -f again > /dev/null
  done
  sampan run -d --name again -p 8080:80 "$IMAGES/busybox-docker-save.tar" sleep 100 > /dev/null
  sampan stop -t 0 again > /dev/null
  run --publish=8080:80 true
  sampan rm again > /dev/null
}

Lists_and_logs_hold_while_containers_come_and_go() {
  local round lister logs
  while :; do sampan ps -a || true; sampan ps -aq | xargs -r sampan inspect || true; done > /dev/null 2> "$WORK/lists" & lister=$!
  # shellcheck disable=SC2064 # the lister of this moment
  trap "kill $lister 2> /dev/null || true" EXIT
  for round in $(rounds); do
    sampan run -d --name race "$IMAGES/busybox-docker-save.tar" sh -c 'echo first; sleep 100' > /dev/null
    sampan logs -f race > "$WORK/followed" & logs=$!
    sampan exec race true > "$WORK/exec" 2>&1 || fail "exec: $(cat "$WORK/exec")"
    eventually grep -q first "$WORK/followed"
    sampan rm -f race > /dev/null
    timeout 5 tail --pid="$logs" -f /dev/null || fail "round $round: logs -f did not end with its container"
  done
  kill "$lister"
  wait "$lister" 2> /dev/null || true
  ! grep -v -e 'no container' "$WORK/lists" || fail "$(sort "$WORK/lists" | uniq -c | head -5)"
}

Exec_while_the_container_ends_executes_nothing_elsewhere() {
  local round first
  for round in $(rounds); do
    sampan run -d --name race "$IMAGES/busybox-docker-save.tar" sleep 100 > /dev/null
    sampan rm -f race > /dev/null & first=$!
    # outside of the container there is no such file
    sampan exec race cat /etc/layer > "$WORK/exec" 2>&1 || true
    [ ! -s "$WORK/exec" ] || grep -qx -e 'second layer' -e 'sampan: .*' "$WORK/exec" || fail "$(cat "$WORK/exec")"
    wait "$first"
  done
}

A_container_gets_three_descriptors_and_its_monitor_keeps_few() {
  sampan run -d --name fds -p 8080:80 "$IMAGES/busybox-docker-save.tar" sleep 100 > /dev/null
  local pid monitor
  pid=$(pid_of fds)
  monitor=$(awk '/^PPid:/ { print $2 }' "/proc/$pid/status")
  is "0 1 2" "$(ls "/proc/$pid/fd" | sort -n | xargs)"
  is "0 1 2 3" "$(sampan exec fds sh -c 'ls /proc/self/fd' | sort -n | xargs)" # 3 is ls looking at the folder
  [ "$(ls "/proc/$monitor/fd" | wc -l)" -le 20 ] || fail "$(ls -l "/proc/$monitor/fd")"
  # 1.4 MB of private memory were seen; a leak of buffers would show
  [ "$(awk '/^Private_Dirty:/ { print $2 }' "/proc/$monitor/smaps_rollup")" -lt 3000 ] || fail "$(cat "/proc/$monitor/smaps_rollup")"
  sampan rm -f fds > /dev/null
}

A_monitor_does_not_grow_with_what_passes_through_it() {
  sampan run -d --name talks "$IMAGES/busybox-docker-save.tar" sh -c 'while :; do head -c 100000 /dev/zero | tr "\\0" x; echo; done' > /dev/null
  local monitor before after round
  monitor=$(awk '/^PPid:/ { print $2 }' "/proc/$(pid_of talks)/status")
  for round in 1 2 3 4 5; do sampan logs talks | head -c 1000 > /dev/null; sampan exec talks true; done
  before=$(ls "/proc/$monitor/fd" | wc -l)
  for round in 1 2 3 4 5; do sampan logs talks | head -c 1000 > /dev/null; sampan exec talks true; sleep 0.1; done
  after=$(ls "/proc/$monitor/fd" | wc -l)
  is "$before" "$after"
  [ "$(awk '/^Private_Dirty:/ { print $2 }' "/proc/$monitor/smaps_rollup")" -lt 4000 ] || fail "$(cat "/proc/$monitor/smaps_rollup")"
  sampan rm -f talks > /dev/null
}

Logs_since_shows_only_what_is_newer() {
  sampan run -d --name since "$IMAGES/busybox-docker-save.tar" sh -c 'echo old; sleep 3; echo new; sleep 100' > /dev/null
  eventually sh -c 'sampan logs since | grep -qx new'
  is new "$(sampan logs --since 2s since)"
  exits 1 sampan logs --since soon since
  sampan rm -f since > /dev/null
}

A_flushed_ruleset_is_made_again_by_the_next_ps() {
  sampan run -d --name web -p 8080:80 "$IMAGES/busybox-docker-save.tar" sh -c 'echo published > /tmp/index.html; httpd -f -p 80 -h /tmp' > /dev/null
  eventually ip netns exec outside curl -sf -m 1 http://192.0.2.1:8080/
  nft flush ruleset
  ! ip netns exec outside curl -sf -m 1 http://192.0.2.1:8080/ 2> /dev/null || fail "reached without rules"
  sampan ps > /dev/null
  is published "$(ip netns exec outside curl -sf -m 2 http://192.0.2.1:8080/)"
  sampan exec web ping -c 1 -W 2 192.0.2.2 > /dev/null
  sampan rm -f web > /dev/null
}

A_limited_log_is_followed_over_its_files_and_stays_small() {
  sampan run -d --name chatty --log-opt max-size=20k --log-opt max-file=3 "$IMAGES/busybox-docker-save.tar" \
    sh -c 'i=0; while [ $i -lt 3000 ]; do i=$((i+1)); echo "line $i"; [ $((i % 50)) -ne 0 ] || sleep 0.02; done; sleep 1' > /dev/null
  timeout 60 sampan logs -f chatty > "$WORK/followed"
  is 3000 "$(awk '$2 == n + 1 { n++ } END { print n }' "$WORK/followed")"
  is 3000 "$(wc -l < "$WORK/followed")"
  [ "$(du -cb "$SAMPAN_DATA"/containers/*/log.json* | tail -n 1 | cut -f 1)" -le 61440 ] || fail "$(ls -l "$SAMPAN_DATA"/containers/*/)"
  is "line 3000" "$(sampan logs --tail 1 chatty)"
  sampan rm -f chatty > /dev/null
}
