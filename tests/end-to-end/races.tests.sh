#!/bin/bash
# Escapes by a race: while containers are made, a process of the host exchanges two names in a volume of theirs, as often as the kernel
# can (renameat2). SAMPAN_TEST_RACE_ROUNDS resolved paths are raced for, 100,000 in `make soak`. RUNTIME takes any runtime.

RACE_ROUNDS=${SAMPAN_TEST_RACE_ROUNDS:-2000}
RACES_A_START=4 # more at once, and an idle machine lets no container start

# exchange A B: swaps two names without end; `exchange_ends` ends it.
exchange() {
  needs python3
  python3 -c '
import ctypes, sys
rename = ctypes.CDLL(None).renameat2
one, other = (name.encode() for name in sys.argv[1:])
while rename(-100, one, -100, other, 2) == 0: pass' "$1" "$2" &
  EXCHANGE=$!
  # shellcheck disable=SC2064 # this process
  trap "kill $EXCHANGE 2> /dev/null || true" EXIT
}
exchange_ends() { kill "$EXCHANGE"; wait "$EXCHANGE" 2> /dev/null || true; }

# raced NAME FILTER COMMAND: a configuration in which each ROUND is to be replaced by the number of the start.
raced() {
  CONFORM=$WORK/conform-$1
  conform "$2" "$3" > /dev/null || true
  cp "$CONFORM/config.json" "$CONFORM/template.json"
}

# race_once NUMBER: what the container of that round prints.
race_once() {
  sed "s/ROUND/$1/g" "$CONFORM/template.json" > "$CONFORM/config.json"
  timeout 60 "$RUNTIME" --root "$WORK/oci-state" run --bundle "$CONFORM" "race-$1" < /dev/null 2> "$WORK/stderr"
}

# A volume in which "dir" is at times a link to a directory of the host: mount points must be made, and mounts be made, in the root.
CVE_2021_30465_a_race_for_mount_points_stays_in_the_root() {
  local volume=$WORK/race/volume target=$WORK/race/target round out started=0 refused=0 before
  mkdir -p "$volume/dir" "$target"
  before=$(canary)
  ln -s "$target" "$volume/link"
  raced mounts ".mounts += [{destination: \"/vol\", type: \"bind\", source: \"$volume\", options: [\"bind\"]}]
    + [range($RACES_A_START) | {destination: \"/vol/dir/ROUND-\\(.)\", type: \"tmpfs\", source: \"racefs\"}]" 'grep -c ^racefs /proc/self/mounts'
  mkdir -p "$CONFORM/rootfs$target" # where the link leads to inside
  rm -rf "$volume"/dir/*
  exchange "$volume/dir" "$volume/link"
  # the race is one: who follows the name from the host arrives there soon
  for round in $(seq 10000); do mkdir "$volume/dir/host-$round" && [ ! -e "$target/host-$round" ] || break; done
  [ "$round" -lt 10000 ] || fail "the exchange was never seen"
  find "$target" "$volume" -name 'host-*' -delete
  for round in $(seq $((RACE_ROUNDS / RACES_A_START))); do
    if out=$(race_once "$round"); then
      is "$RACES_A_START" "$out"
      started=$((started + 1))
    else
      refused=$((refused + 1))
    fi
    is "" "$(ls -A "$target")"
  done
  exchange_ends
  echo "$started starts, $refused refused: $(cat "$WORK/stderr")"
  [ "$started" -gt 0 ] || fail "no container started"
  canary_is "$before"
  is "" "$(ls -A "$target")"
}

# /dev of the image, or a volume over it, in which "null" is at times a link: what is masked must show the null device and nothing else.
CVE_2025_31133_a_race_for_the_null_device_shows_nothing() {
  local volume=$WORK/race/dev files=(buddyinfo cmdline consoles cpuinfo devices diskstats filesystems interrupts iomem ioports kallsyms loadavg
    locks meminfo misc partitions softirqs stat swaps uptime version vmstat zoneinfo) round out started=0 masked
  mkdir -p "$volume"
  mknod -m 666 "$volume/null" c 1 3
  mknod -m 666 "$volume/zero" c 1 5
  ln -s /proc/filesystems "$volume/link"
  masked=$(printf '"/proc/%s",' "${files[@]}")
  raced masks "(.mounts |= map(select(.destination | startswith(\"/dev\") | not))) | .mounts += [{destination: \"/dev\", type: \"bind\", source: \"$volume\", options: [\"bind\"]}]
    | .linux.maskedPaths = [${masked%,}]" "for f in ${files[*]}; do stat -c %F,%t,%T /proc/\$f; done | sort | uniq -c | xargs"
  exchange "$volume/null" "$volume/link"
  for round in $(seq $((RACE_ROUNDS / ${#files[@]}))); do
    out=$(race_once "$round") || continue # to refuse it is right too
    is "${#files[@]} character special file,1,3" "$out"
    started=$((started + 1))
  done
  exchange_ends
  [ "$started" -gt 0 ] || fail "no container started: $(cat "$WORK/stderr")"
}

# on_terminal COMMAND...: runs it with a terminal for its streams.
on_terminal() { script -qec "$*" /dev/null < /dev/null; }

# "console" is at times a link to a file of the host, which must not be made, opened or mounted over.
CVE_2025_52565_a_race_for_the_console_stays_in_the_root() {
  needs script
  local volume=$WORK/race/console target=$WORK/race/host before round started=0
  mkdir -p "$volume/pts" "$volume/shm" "$target"
  before=$(canary)
  touch "$volume/console"
  ln -s "$target/made" "$volume/link"
  raced console ".process.terminal = true | (.mounts |= map(if .destination == \"/dev\" then {destination: \"/dev\", type: \"bind\", source: \"$volume\", options: [\"bind\"]} else . end
    | select(.destination != \"/dev/mqueue\")))" '[ -t 0 ] && [ -t 2 ] && echo terminal'
  exchange "$volume/console" "$volume/link"
  for round in $(seq $((RACE_ROUNDS / 20))); do
    sed "s/ROUND/$round/g" "$CONFORM/template.json" > "$CONFORM/config.json"
    [[ $(on_terminal timeout --foreground 60 "$RUNTIME" --root "$WORK/oci-state" run --bundle "$CONFORM" "console-$round") != terminal* ]] || started=$((started + 1))
    is "" "$(ls -A "$target")"
  done
  exchange_ends
  [ "$started" -gt 0 ] || fail "no container started"
  canary_is "$before"
}
