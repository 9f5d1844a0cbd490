#!/bin/bash
# Living with a detached container, and with sudden ends.

detached() { sampan run -d "$@"; }

A_detached_container_is_listed_logged_executed_in_stopped_and_removed() {
  detached --name life "$IMAGES/busybox-docker-save.tar" sh -c 'echo started; trap "exit 3" TERM; while :; do sleep 0.1; done'
  eventually sh -c 'sampan logs life | grep -q started'
  has "$(sampan ps)" life
  is inside "$(sampan exec life echo inside)"
  exits 5 sampan exec life sh -c 'exit 5'
  has "$(sampan inspect life)" '"ExitCode"'
  sampan stop life
  has "$(sampan ps -a)" "Exited (3)"
  sampan rm life
  is 0 "$(sampan ps -aq | wc -l)"
}

A_taken_name_is_one_line_and_125() {
  detached --name taken "$IMAGES/busybox-docker-save.tar" sleep 100
  exits 125 sampan run --rm --name taken "$IMAGES/busybox-docker-save.tar" true
  one_line_error
  sampan rm -f taken
}

Kill_ends_a_container_with_the_signals_code() {
  detached --name victim "$IMAGES/busybox-docker-save.tar" sleep 100
  sampan kill victim
  eventually sh -c 'sampan ps -a | grep -q "Exited (137)"'
  sampan rm victim
}

Limits_are_written_to_the_cgroup() {
  detached --name limited --memory 64m --pids-limit 50 "$IMAGES/busybox-docker-save.tar" sleep 100
  local found
  found=$(find /sys/fs/cgroup -path "*$(sampan inspect limited | jq -r '.[0].Id')*" \( -name memory.max -o -name memory.limit_in_bytes \) | head -n 1)
  [ -n "$found" ] || fail "no cgroup of the container"
  is 67108864 "$(cat "$found")"
  sampan rm -f limited
}


# What a killed monitor, client or first process leaves must be gone after one `sampan ps`, or by itself. The moment is
# anywhere in the start and a little after it.
kill_rounds() {
  local kind=$1 round client monitor victim rounds=${SAMPAN_TEST_KILL_ROUNDS:-20} kills=0
  snapshot > "$WORK/quiet" || true # another run's cgroup may go while it is looked at
  for ((round = 0; round < rounds; round++)); do
    local flags=(--name doomed)
    ((round % 2)) || flags+=(--rm)
    "$OUT/sampan" run "${flags[@]}" "$IMAGES/busybox-docker-save.tar" sleep 100 < /dev/null > /dev/null 2>&1 & client=$!
    sleep "0.0$((RANDOM % 10))$((RANDOM % 10))"
    monitor=$(pgrep -P "$client" -f 'sampan monitor' || true)
    case $kind in
      client) victim=$client ;;
      monitor) victim=$monitor ;;
      init) victim=$([ -z "$monitor" ] || pgrep -P "$monitor" | head -n 1 || true) ;;
    esac
    # not there yet: then at the first moment that it is
    if [ -z "$victim" ]; then
      eventually runs doomed
      monitor=$(pgrep -P "$client" -f 'sampan monitor')
      victim=$monitor
      [ "$kind" = monitor ] || victim=$(pgrep -P "$monitor" | head -n 1)
    fi
    kill -KILL "$victim" && kills=$((kills + 1))
    if [ "$kind" = client ]; then
      # the container goes on without its client; only the user ends it
      wait "$client" 2> /dev/null || true
      eventually forgotten doomed
    else
      timeout 10 tail --pid="$client" -f /dev/null || fail "round $round: the client did not notice"
      ! wait "$client" || fail "round $round: the client reports success"
      sampan ps > "$WORK/listed"
      is 1 "$(wc -l < "$WORK/listed")"
      if ((round % 2)) && sampan inspect doomed > "$WORK/inspected" 2> /dev/null; then
        jq -e '.[0].State | .Status == "dead" or .Status == "exited" or .Status == "created"' "$WORK/inspected" > /dev/null || fail "round $round: $(sampan ps -a)"
        sampan rm doomed > /dev/null
      fi
    fi
    nothing_left "$WORK/quiet" || fail "round $round"
  done
  is "$rounds" "$kills"
}

# forgotten NAME: the container could be removed, or there is none.
forgotten() { sampan rm -f "$1" || ! sampan inspect "$1"; }

After_a_killed_monitor_one_ps_cleans_up() { kill_rounds monitor; }

After_a_killed_client_the_container_can_be_removed() { kill_rounds client; }

After_a_killed_first_process_the_monitor_cleans_up() { kill_rounds init; }

# killed_at_once COMMAND...: starts it and kills it within 15 ms.
killed_at_once() {
  "$@" > /dev/null 2>&1 & local victim=$!
  sleep "0.00$((RANDOM % 10))$((RANDOM % 10))"
  ((RANDOM % 3)) || sleep 0.005
  kill -KILL "$victim" 2> /dev/null || true
  wait "$victim" 2> /dev/null || true
}

After_a_killed_rm_nothing_is_left_after_the_next() {
  local round
  snapshot > "$WORK/quiet" || true
  for ((round = 0; round < ${SAMPAN_TEST_KILL_ROUNDS:-20}; round++)); do
    sampan run -d --name doomed "$IMAGES/busybox-docker-save.tar" sleep 100 > /dev/null
    ((round % 3)) || sampan stop -t 0 doomed > /dev/null
    killed_at_once "$OUT/sampan" rm -f doomed
    eventually forgotten doomed
    nothing_left "$WORK/quiet" || fail "round $round"
  done
}

After_a_killed_sweep_the_next_one_goes_on() {
  local round monitor
  snapshot > "$WORK/quiet" || true
  for ((round = 0; round < ${SAMPAN_TEST_KILL_ROUNDS:-20}; round++)); do
    sampan run -d --name doomed "$IMAGES/busybox-docker-save.tar" sleep 100 > /dev/null
    monitor=$(awk '/^PPid:/ { print $2 }' "/proc/$(pid_of doomed)/status")
    kill -KILL "$monitor"
    killed_at_once "$OUT/sampan" ps
    sampan ps > /dev/null
    has "$(sampan ps -a)" doomed # one that has ended is kept, whoever recorded that
    sampan rm doomed > /dev/null
    nothing_left "$WORK/quiet" || fail "round $round"
  done
}

After_a_killed_run_its_name_is_free() {
  local round
  snapshot > "$WORK/quiet" || true
  for ((round = 0; round < ${SAMPAN_TEST_KILL_ROUNDS:-20}; round++)); do
    killed_at_once "$OUT/sampan" run --rm --name doomed "$IMAGES/busybox-docker-save.tar" true
    # it never got a monitor, or that one goes on to the end by itself
    eventually forgotten doomed
    run --name=doomed true
    nothing_left "$WORK/quiet" || fail "round $round"
  done
}

Many_starts_in_a_row_leave_nothing() {
  local start
  for ((start = 0; start < ${SAMPAN_TEST_STARTS:-100}; start++)); do run true; done
}
