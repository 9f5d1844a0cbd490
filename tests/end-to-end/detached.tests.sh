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
  found=$(find /sys/fs/cgroup -path "*$(sampan ps -q --no-trunc)*" \( -name memory.max -o -name memory.limit_in_bytes \) | head -n 1)
  [ -n "$found" ] || fail "no cgroup of the container"
  is 67108864 "$(cat "$found")"
  sampan rm -f limited
}

Sudden_ends_leave_nothing_after_the_next_ps() {
  local round victim rounds=${SAMPAN_TEST_KILL_ROUNDS:-20} client pid
  for ((round = 0; round < rounds; round++)); do
    sampan run --rm --name doomed "$IMAGES/busybox-docker-save.tar" sleep 100 < /dev/null &
    client=$!
    sleep "0.0$((RANDOM % 9 + 1))"
    # Any process of the run may die: the client, the monitor, or the container's first process (which shows as the same
    # program until it has executed the command).
    victim=$({ programs | cut -d' ' -f1; pgrep -x sleep -P "$(programs | cut -d' ' -f1 | paste -sd,)" || true; } | shuf -n 1)
    [ -n "$victim" ] && kill -KILL "$victim" 2> /dev/null || true
    sleep 0.1
    sampan rm -f doomed > /dev/null 2>&1 || true
    for pid in $(programs | cut -d' ' -f1); do kill -KILL "$pid" 2> /dev/null || true; done
    wait "$client" 2> /dev/null || true
    sampan ps > /dev/null
    sampan rm -f doomed > /dev/null 2>&1 || true
  done
}

Many_starts_in_a_row_leave_nothing() {
  local start
  for ((start = 0; start < ${SAMPAN_TEST_STARTS:-100}; start++)); do run true; done
}
