#!/bin/bash
# The main job: an archive becomes a running command.

A_command_in_the_container_prints_to_the_callers_stdout() { is hello "$(run echo hello)"; }

The_exit_code_of_the_command_is_the_exit_code_of_run() { exits 42 run sh -c 'exit 42'; }

A_command_ended_by_a_signal_gives_128_and_its_number() {
  local client code=0
  run --name=victim sleep 100 < /dev/null & client=$!
  eventually runs victim
  sampan kill --signal=KILL victim
  wait "$client" || code=$?
  is 137 "$code"
}

# A signal to the client is one to the command.
Signals_to_run_reach_the_command() {
  local client code=0
  run --name=victim sh -c 'trap "exit 33" TERM; touch /tmp/ready; while :; do sleep 0.05; done' < /dev/null & client=$!
  eventually sampan exec victim test -e /tmp/ready
  kill -TERM "$(client_of victim)"
  wait "$client" || code=$?
  is 33 "$code"
}

A_command_that_is_missing_gives_127_and_one_line() { exits 127 run /no/such/program; one_line_error; }

A_command_that_may_not_be_executed_gives_126_and_one_line() { exits 126 run /etc/passwd; one_line_error; }

A_flag_that_does_not_exist_gives_125_and_one_line() { exits 125 run --no-such-flag true; }

Stdin_reaches_the_command_with_i() { is abc "$(echo abc | run -i cat)"; }

The_images_environment_and_directory_hold() { is "busybox /tmp" "$(run sh -c 'echo $IMAGE $(pwd)')"; }

Variables_are_set_by_e_and_by_an_env_file() {
  printf '# comment\nB=from file\n' > "$WORK/env"
  is "1 from file" "$(run --env=A=1 --env-file="$WORK/env" sh -c 'echo "$A $B"')"
}

The_hostname_is_set() { is boat "$(run --hostname=boat hostname)"; }

The_user_is_looked_up_in_the_image() { is "1000 1000 1000 2000" "$(run --user=user sh -c 'echo $(id -u) $(id -g) $(id -G)')"; }

A_user_by_number_needs_no_entry() { is "4711 99" "$(run --user=4711:99 sh -c 'echo $(id -u) $(id -g)')"; }

The_working_directory_is_set_by_w() { is /etc "$(run --workdir=/etc pwd)"; }

The_command_is_pid_1_and_sees_no_other_process() { is 1 "$(run sh -c 'echo $$')"; is /proc/1 "$(run sh -c 'echo /proc/[0-9]*')"; }

Every_namespace_is_new() {
  local kind inside
  for kind in mnt uts ipc pid net cgroup; do
    inside=$(run readlink "/proc/self/ns/$kind")
    [ "$inside" != "$(readlink "/proc/self/ns/$kind")" ] || fail "$kind namespace is the host's"
  done
}

Whiteouts_and_opaque_folders_are_honoured() {
  is "second layer" "$(run cat /etc/layer)"
  exits 1 run test -e /etc/deleted
  is seen "$(run ls /opaque)"
}

The_layers_are_not_changed_by_a_container() {
  run sh -c 'rm -rf /etc; echo x > /new' || true
  is "second layer" "$(run cat /etc/layer)"
  exits 1 run test -e /new
}

The_root_is_read_only_when_asked() { exits 1 run --read-only sh -c 'echo x > /new'; }

A_tmpfs_is_mounted() { has "$(run --tmpfs=/mnt:size=1m sh -c 'grep " /mnt " /proc/mounts')" "tmpfs"; }

A_folder_of_the_host_is_seen_by_v() {
  mkdir -p "$WORK/folder"
  echo before > "$WORK/folder/file"
  is before "$(run --volume="$WORK/folder:/mnt" cat /mnt/file)"
  run --volume="$WORK/folder:/mnt" sh -c 'echo after > /mnt/file'
  is after "$(cat "$WORK/folder/file")"
  exits 1 run --volume="$WORK/folder:/mnt:ro" sh -c 'echo no > /mnt/file'
}

A_dropped_capability_is_gone() { is 0000000000000000 "$(run --cap-drop=ALL sh -c "awk '/CapEff/ { print \$2 }' /proc/self/status")"; }

The_default_capabilities_are_those_of_docker() {
  is 00000000a80425fb "$(run sh -c "awk '/CapEff/ { print \$2 }' /proc/self/status")"
}

A_seccomp_filter_is_on_by_default() { is 2 "$(run sh -c "awk '/Seccomp:/ { print \$2 }' /proc/self/status")"; }

Kernel_files_are_masked() { is 0 "$(run sh -c 'wc -c < /proc/keys' 2> /dev/null || echo 0)"; exits 1 run sh -c 'echo 1 > /proc/sys/kernel/panic'; }

A_limit_is_lowered() { is 100 "$(run --ulimit=nofile=100:100 sh -c 'ulimit -n')"; }

A_sysctl_of_the_network_is_set() { is 1 "$(run --sysctl=net.ipv4.ip_forward=1 cat /proc/sys/net/ipv4/ip_forward)"; }

The_cidfile_names_the_container() {
  rm -f "$WORK/cid"
  run --cidfile="$WORK/cid" true
  [[ $(cat "$WORK/cid") =~ ^[0-9a-f]{64}$ ]] || fail "cidfile: $(cat "$WORK/cid")"
}

Every_archive_of_every_tool_runs() {
  local archive
  for archive in "$IMAGES"/busybox-*.tar "$IMAGES"/busybox-*.tar.gz "$IMAGES/busybox-layout"; do
    is "second layer" "$(sampan run --rm "$archive" cat /etc/layer)" || fail "$archive"
  done
}

A_Debian_image_of_more_than_10000_files_runs() {
  needs "$IMAGES/debian-docker-save.tar"
  is 12 "$(sampan run --rm "$IMAGES/debian-docker-save.tar" sh -c '. /etc/os-release; echo $VERSION_ID')"
}

Zstd_compressed_layers_and_archives_run() {
  skopeo --insecure-policy copy -q --dest-compress-format zstd "docker-archive:$IMAGES/busybox-docker-save.tar" "oci:$WORK/zstd:latest"
  grep -rq 'tar+zstd' "$WORK/zstd/blobs" || fail "skopeo did not compress with zstd"
  is "second layer" "$(SAMPAN_DATA="$WORK/other" sampan run --rm "$WORK/zstd" cat /etc/layer)"
  rm -rf "$WORK/other" "$WORK/zstd"
  zstd -q "$IMAGES/busybox-docker-save.tar" -o "$WORK/image.tar.zst"
  is "second layer" "$(SAMPAN_DATA="$WORK/other" sampan run --rm "$WORK/image.tar.zst" cat /etc/layer)"
  rm -rf "$WORK/other" "$WORK/image.tar.zst"
}

Of_several_images_in_one_archive_the_named_one_runs() {
  local layout=$WORK/several tag
  umoci init --layout "$layout"
  for tag in one two; do
    umoci new --image "$layout:$tag"
    umoci insert --image "$layout:$tag" "$(command -v busybox)" /bin/sh
    umoci config --image "$layout:$tag" --config.cmd /bin/sh --config.cmd -c --config.cmd "echo \$TAG" --config.env "TAG=$tag"
  done
  is two "$(SAMPAN_DATA="$WORK/other" sampan run --rm "$layout:two")"
  is one "$(SAMPAN_DATA="$WORK/other" sampan run --rm "$layout:one")"
  exits 125 env SAMPAN_DATA="$WORK/other" sampan run --rm "$layout"
  one_line_error
  grep -q '2 images in it: one, two' "$WORK/stderr" || fail "$(cat "$WORK/stderr")"
  rm -rf "$WORK/other" "$layout"
}

A_container_with_names_that_are_not_utf8_leaves_nothing() {
  sampan run --name bytes "$IMAGES/busybox-docker-save.tar" sh -c 'mkdir -p /tmp/$(printf "\377\376")/a && touch /tmp/$(printf "\377\376")/a/$(printf "\351")'
  sampan rm bytes
  [ -z "$(find "$SAMPAN_DATA/containers" -mindepth 1 -maxdepth 1)" ] || fail "files of the container are left"
}

A_truncated_archive_is_one_line_and_125() {
  head -c 100000 "$IMAGES/busybox-docker-save.tar" > "$WORK/short.tar"
  exits 125 sampan run --rm "$WORK/short.tar" true
  one_line_error
}

A_missing_archive_is_one_line_and_125() { exits 125 sampan run --rm "$WORK/none.tar" true; one_line_error; }

An_unknown_user_is_one_line_and_125() { exits 125 run --user=nobody-here true; one_line_error; }
