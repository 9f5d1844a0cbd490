#!/bin/bash
# What isolates and looks after a container beyond the default: an init, ids of its own, detached commands, filled volumes.

Init_is_process_1_and_the_command_its_child() {
  is "sampan-init 2" "$(run --init sh -c 'echo $(cat /proc/1/comm) $$')"
  is "" "$(run --init sh -c 'ls /proc/1/fd 2> /dev/null')"
}

Init_ends_with_the_commands_exit_code_or_signal() {
  exits 42 run --init sh -c 'exit 42'
  exits 137 run --init sh -c 'kill -KILL $$'
  exits 143 run --init sh -c 'kill -TERM $$'
  exits 127 run --init /no/such/program
  one_line_error
  exits 126 run --init /etc/passwd
  one_line_error
}

Init_reaps_what_nobody_else_does() {
  local script='for i in $(seq 50); do (sh -c "exit 3" &) ; done; sleep 0.5; cat /proc/[0-9]*/stat 2> /dev/null | grep -c " Z "'
  is 0 "$(run --init sh -c "$script" || true)"
  # without it they stay, so the test can fail
  is 50 "$(run sh -c "($script) & exec sleep 1" || true)"
}

Init_passes_signals_on_to_the_command() {
  sampan run -d --init --name caught "$IMAGES/busybox-docker-save.tar" sh -c \
    'trap "echo usr1" USR1; trap "echo term; exit 9" TERM; echo ready; while :; do sleep 0.05; done'
  eventually sh -c 'sampan logs caught | grep -q ready'
  sampan kill --signal=USR1 caught
  eventually sh -c 'sampan logs caught | grep -q usr1'
  sampan stop caught
  has "$(sampan ps -a)" "Exited (9)"
  sampan rm caught
  # a command without handlers ends by the signal; as process 1 it would not
  sampan run -d --init --name plain "$IMAGES/busybox-docker-save.tar" sleep 100
  local begun=$SECONDS
  sampan stop plain
  [ $((SECONDS - begun)) -lt 8 ] || fail "the signal did not reach the command"
  has "$(sampan ps -a)" "Exited (143)"
  sampan rm plain
}

Init_can_be_killed_executed_in_and_listed() {
  sampan run -d --init --name inits "$IMAGES/busybox-docker-save.tar" sleep 100
  is sampan-init "$(sampan exec inits cat /proc/1/comm)"
  exits 5 sampan exec inits sh -c 'exit 5'
  sampan kill inits
  eventually sh -c 'sampan ps -a | grep -q "Exited (137)"'
  sampan rm inits
}

Init_gives_the_command_the_terminal() {
  command -v script > /dev/null || skip "script is not installed"
  # the command is the foreground group: so Ctrl-C (byte 3) reaches it, and not process 1
  local out
  out=$( (sleep 1; printf '\003'; sleep 1) | script -qec "sampan run --rm --init -it --network none $IMAGES/busybox-docker-save.tar \
    sh -c 'trap \"echo caught; exit 4\" INT; while :; do sleep 0.1; done'" /dev/null; echo "code $?")
  has "$out" caught
}

Init_does_not_show_the_engines_program_or_memory() {
  sampan run -d --init --name shut "$IMAGES/busybox-docker-save.tar" sleep 100
  local file
  for file in exe environ mem maps; do exits 1 sampan exec shut cat "/proc/1/$file"; done
  exits 1 sampan exec shut ls /proc/1/cwd/ /proc/1/root/
  is "" "$(sampan exec shut ls /proc/1/fd/)"
  # with CAP_SYS_PTRACE it can be read, but there is nothing of the caller's in it
  sampan rm -f shut
  is "" "$(SECRET=of-the-caller run --init --cap-add=SYS_PTRACE sh -c 'tr "\0" "\n" < /proc/1/environ | grep SECRET' || true)"
  # and the program can not be written, not even when nothing executes it any more
  # (writing is refused as "text file busy" for as long as it is executed; changing its mode has no other reason to fail)
  exits 1 run --init --cap-add=SYS_PTRACE sh -c 'cat /proc/1/exe > /dev/null && echo x >> /proc/1/exe'
  exits 1 run --init --cap-add=SYS_PTRACE chmod 755 /proc/1/exe
  has "$(cat "$WORK/stderr")" "Read-only file system"
}

A_detached_exec_goes_on_and_ends_by_itself() {
  sampan run -d --name host "$IMAGES/busybox-docker-save.tar" sleep 100
  sampan exec -d -e A=1 -w /tmp host sh -c 'echo "$A $(pwd)" > /tmp/begun; sleep 0.3; echo nowhere; touch /tmp/ended'
  eventually sampan exec host test -e /tmp/ended
  is "1 /tmp" "$(sampan exec host cat /tmp/begun)"
  is "" "$(sampan logs host)"
  eventually no_detached
  sampan rm -f host
}

no_detached() { ! programs_of exec-detached; }

# programs_of VERB: this run's processes of that hidden verb.
programs_of() {
  local all
  all=$(programs | while read -r pid _; do tr '\0' ' ' < "/proc/$pid/cmdline" || true; echo; done)
  [[ $all == *"sampan $1 "* ]]
}

A_detached_exec_says_when_it_can_not_start() {
  sampan run -d --name host "$IMAGES/busybox-docker-save.tar" sleep 100
  exits 127 sampan exec -d host /no/such/program
  one_line_error
  exits 126 sampan exec -d host /etc/passwd
  one_line_error
  sampan rm -f host
  exits 125 sampan exec -d host true
  one_line_error
}

A_detached_exec_ends_with_its_container() {
  sampan run -d --name host "$IMAGES/busybox-docker-save.tar" sleep 100
  sampan exec -d host sleep 1000
  sampan exec -dt host sh -c 'while :; do echo flood; done'
  programs_of exec-detached || fail "nobody looks after it"
  sampan rm -f host
  eventually no_detached
}

# filled_image: an image with a folder of every kind of file, as a layout in $WORK/filled.tar.
filled_root() {
  rm -rf "$WORK/rootfs"
  mkdir "$WORK/rootfs"
  sampan run --rm --network none -v "$WORK/rootfs:/out" "$IMAGES/busybox-docker-save.tar" sh -c 'cp -a /bin /etc /out/'
  mkdir -p "$WORK/rootfs/data/below"
  echo content > "$WORK/rootfs/data/file"
  ln "$WORK/rootfs/data/file" "$WORK/rootfs/data/below/hard"
  ln -s /etc/passwd "$WORK/rootfs/data/soft"
  mkfifo "$WORK/rootfs/data/fifo"
  chown 1000:2000 "$WORK/rootfs/data" "$WORK/rootfs/data/file"
  chmod 4711 "$WORK/rootfs/data/file"
  chmod 1770 "$WORK/rootfs/data"
  setfattr -n user.colour -v blue "$WORK/rootfs/data/file" 2> /dev/null || true
  touch -d '2001-02-03 04:05:06' "$WORK/rootfs/data/file"
  ln -s ../../../../../../../data "$WORK/rootfs/escape"
}

A_new_volume_gets_what_the_image_has_at_its_path() {
  filled_root
  sampan run --rm --network none --rootfs -v filled:/data "$WORK/rootfs" true
  local data=$SAMPAN_DATA/volumes/filled/data
  is "1770 1000 2000" "$(stat -c '%a %u %g' "$data")"
  is "4711 1000 2000 2 2001-02-03 04:05:06" "$(stat -c '%a %u %g %h %y' "$data/file" | cut -d. -f1)"
  is "$(stat -c %i "$data/file")" "$(stat -c %i "$data/below/hard")"
  is /etc/passwd "$(readlink "$data/soft")"
  [ -p "$data/fifo" ] || fail "no fifo"
  command -v getfattr > /dev/null && is blue "$(getfattr --only-values -n user.colour "$data/file" 2> /dev/null)"
  # only the first time
  sampan run --rm --network none --rootfs -v filled:/data "$WORK/rootfs" rm -rf /data/file /data/below /data/soft /data/fifo
  is "" "$(sampan run --rm --network none --rootfs -v filled:/data "$WORK/rootfs" ls -A /data)"
  rm -rf "$SAMPAN_DATA/volumes/filled" "$WORK/rootfs"
}

A_volume_that_is_not_to_be_filled_is_empty() {
  is "" "$(run --volume=empty:/etc/network:nocopy --volume=bare:/bin:nocopy /bin/sh -c 'ls -A /bin' 2> /dev/null || true)"
  is "" "$(ls -A "$SAMPAN_DATA/volumes/bare/data")"
  run --mount=type=volume,source=bare2,target=/etc,volume-nocopy true
  is "" "$(ls -A "$SAMPAN_DATA/volumes/bare2/data" | grep -v -e hosts -e hostname -e resolv.conf || true)"
  rm -rf "$SAMPAN_DATA/volumes/"{empty,bare,bare2}
}

A_volumes_path_in_a_hostile_image_leads_into_the_image() {
  filled_root
  mkdir -p "$WORK/data"
  is "content" "$(sampan run --rm --network none --rootfs -v escaped:/escape "$WORK/rootfs" cat /data/file)"
  is content "$(cat "$SAMPAN_DATA/volumes/escaped/data/file")"
  rm -rf "$SAMPAN_DATA/volumes/escaped" "$WORK/rootfs"
}

An_anonymous_volume_is_filled_and_goes_with_its_container() {
  filled_root
  is content "$(sampan run --rm --network none --rootfs -v /data "$WORK/rootfs" cat /data/below/hard)"
  rm -rf "$WORK/rootfs"
}

userns() { run --userns=auto "$@"; }

Userns_auto_gives_every_container_ids_of_its_own() {
  local one two
  sampan run -d --userns auto --name one "$IMAGES/busybox-docker-save.tar" sleep 100
  sampan run -d --userns auto --name two "$IMAGES/busybox-docker-save.tar" sleep 100
  one=$(awk '{ print $1, $2, $3 }' "/proc/$(pid_of one)/uid_map")
  two=$(awk '{ print $1, $2, $3 }' "/proc/$(pid_of two)/uid_map")
  [[ $one =~ ^0\ [0-9]+\ 65536$ && $two =~ ^0\ [0-9]+\ 65536$ ]] || fail "$one / $two"
  [ "$one" != "$two" ] || fail "both have $one"
  is "$(echo "$one" | cut -d' ' -f2)" "$(stat -c %u "/proc/$(pid_of one)")"
  is "$(awk '{ print $2 }' "/proc/$(pid_of one)/gid_map")" "$(stat -c %g "/proc/$(pid_of one)")"
  sampan rm -f one two
  is "" "$(ls -A "$SAMPAN_DATA/ids")"
}

Userns_auto_shows_the_images_owners_and_keeps_changes_apart() {
  local first
  is "0 0" "$(userns stat -c '%u %g' /etc/passwd)"
  is "$(run stat -c '%u %g %a' / /etc /bin/busybox /tmp)" "$(userns stat -c '%u %g %a' / /etc /bin/busybox /tmp)"
  is "$(run find / -xdev -user 1000)" "$(userns find / -xdev -user 1000)"
  sampan run -d --userns auto --name owner "$IMAGES/busybox-docker-save.tar" sh -c \
    'echo changed >> /etc/passwd; touch /new; chown 1000:2000 /new; su -s /bin/sh user -c "touch /tmp/of-user"; sleep 100'
  first=$(awk '{ print $2 }' "/proc/$(pid_of owner)/uid_map")
  eventually sampan exec owner test -e /tmp/of-user
  local upper
  upper=$SAMPAN_DATA/containers/$(sampan inspect owner | jq -r '.[0].Id')/upper
  is "$first" "$(stat -c %u "$upper/etc/passwd")"
  is "$((first + 1000)) $((first + 2000))" "$(stat -c '%u %g' "$upper/new")"
  is "$((first + 1000))" "$(stat -c %u "$upper/tmp/of-user")"
  is "1000 2000" "$(sampan exec owner stat -c '%u %g' /new)"
  is "uid=0(root)" "$(sampan exec owner id | cut -d' ' -f1)"
  sampan rm -f owner
  is "second layer" "$(userns cat /etc/layer)"
}

Userns_auto_has_proc_sys_dev_cgroup_and_a_network() {
  has "$(userns ip route)" "default via"
  userns ping -c 1 192.0.2.2 > /dev/null
  userns sh -c 'test -d /proc/self && test -d /sys/class/net/eth0 && ls /sys/fs/cgroup && echo x > /dev/null && head -c 1 /dev/urandom > /dev/null'
  is 3 "$(echo abc | userns -i wc -c | awk '{ print $1 - 1 }')"
  is x "$(userns sh -c 'echo x > /dev/stdout')"
  exits 1 userns sh -c 'echo 1 > /proc/sys/kernel/panic'
  exits 7 userns --init --user=user sh -c 'test "$(id -u)" = 1000 && exit 7'
  has "$(userns --network=host ip addr)" 192.0.2.1
  is 1 "$(userns --device=/dev/zero:/dev/nothing sh -c 'head -c 1 /dev/nothing | wc -c')"
}

Userns_auto_publishes_ports() {
  sampan run -d --userns auto --name web -p 18090:80 "$IMAGES/busybox-docker-save.tar" sh -c 'echo mapped > /tmp/index.html; httpd -f -p 80 -h /tmp'
  eventually curl -sf http://192.0.2.1:18090/
  is mapped "$(curl -sf http://192.0.2.1:18090/)"
  sampan rm -f web
}

Userns_auto_has_no_power_over_the_hosts_files() {
  mkdir -p "$WORK/folder"
  echo host > "$WORK/folder/file"
  chmod 600 "$WORK/folder/file"
  exits 1 userns --volume="$WORK/folder:/mnt" cat /mnt/file
  is 65534 "$(userns --volume="$WORK/folder:/mnt" stat -c %u /mnt/file)"
  chmod 666 "$WORK/folder/file"
  is host "$(userns --volume="$WORK/folder:/mnt" cat /mnt/file)"
  rm -rf "$WORK/folder"
}

A_named_volume_is_usable_by_every_range() {
  sampan run -d --userns auto --name first -v shared:/data "$IMAGES/busybox-docker-save.tar" \
    sh -c 'echo kept > /data/file; chmod 600 /data/file; touch /data/u; chown 1000 /data/u; sleep 100'
  eventually sampan exec first test -e /data/u
  is "kept 0 1000" "$(userns --volume=shared:/data sh -c 'echo $(cat /data/file) $(stat -c %u /data/file /data/u)')"
  is "kept 0 1000" "$(run --volume=shared:/data sh -c 'echo $(cat /data/file) $(stat -c %u /data/file /data/u)')"
  is "0 1000" "$(stat -c %u "$SAMPAN_DATA/volumes/shared/data/file" "$SAMPAN_DATA/volumes/shared/data/u" | xargs)"
  sampan rm -f first
  # what the image has gets into it with the owners that the image says
  is "0 second layer" "$(userns --volume=config:/etc sh -c 'echo $(stat -c %u /etc/layer) $(cat /etc/layer)')"
  is 0 "$(stat -c %u "$SAMPAN_DATA/volumes/config/data/layer")"
  rm -rf "$SAMPAN_DATA/volumes/shared" "$SAMPAN_DATA/volumes/config"
}

Userns_auto_takes_granted_ids_first() {
  cp /etc/subuid "$WORK/subuid" && cp /etc/subgid "$WORK/subgid"
  # this mount namespace is the tests' own
  echo sampan:500000:131072 > "$WORK/granted-uid"
  echo sampan:700000:131072 > "$WORK/granted-gid"
  mount --bind "$WORK/granted-uid" /etc/subuid
  mount --bind "$WORK/granted-gid" /etc/subgid
  trap 'umount /etc/subuid /etc/subgid; rm -f "$WORK"/granted-* "$WORK"/sub?id' EXIT
  is "500000 700000" "$(userns sh -c 'echo $(awk "{print \$2}" /proc/self/uid_map /proc/self/gid_map)')"
  sampan run -d --userns auto --name ranges-a "$IMAGES/busybox-docker-save.tar" sleep 100
  sampan run -d --userns auto --name ranges-b "$IMAGES/busybox-docker-save.tar" sleep 100
  exits 125 userns true
  one_line_error
  has "$(cat "$WORK/stderr")" "ranges of 65536 ids are taken"
  sampan rm -f ranges-a ranges-b
}

Userns_auto_refuses_what_it_can_not_hold() {
  exits 125 userns --privileged true
  one_line_error
}

After_a_killed_monitor_the_ids_are_given_back() {
  sampan run -d --rm --userns auto --name doomed "$IMAGES/busybox-docker-save.tar" sleep 100
  [ -n "$(ls -A "$SAMPAN_DATA/ids")" ] || fail "no range is taken"
  kill -KILL "$(awk '/^PPid/ { print $2 }' "/proc/$(pid_of doomed)/status")"
  eventually sh -c 'sampan ps > /dev/null; [ -z "$(ls -A "$SAMPAN_DATA/ids")" ]'
}
