#!/bin/bash
# An ordinary user's containers. Each test makes its own throw-away user, and takes it away again.

# as_user COMMAND...: as that user, with nothing of root's environment.
as_user() {
  setpriv --reuid="$USER_NAME" --regid="$USER_NAME" --init-groups \
    env -i PATH="${USER_PATH:-$USER_HOME/bin:/usr/bin:/bin}" HOME="$USER_HOME" XDG_RUNTIME_DIR="$USER_HOME/run" "$@"
}

# make_user [no-ids]: a user with a home under /tmp, the program and the image; with a range of ids unless told otherwise.
make_user() {
  [ -e /usr/bin/newuidmap ] || skip "newuidmap is not installed (package uidmap)"
  USER_NAME=sampan-test-$$ USER_HOME=$(mktemp -d /tmp/sampan-user.XXXXXX)
  useradd --no-create-home --home-dir "$USER_HOME" --shell /bin/sh "$USER_NAME"
  trap remove_user EXIT
  if [ "${1:-}" = no-ids ]; then
    sed -i "/^$USER_NAME:/d" /etc/subuid /etc/subgid
  else
    grep -q "^$USER_NAME:" /etc/subuid || usermod --add-subuids 900000-965535 --add-subgids 900000-965535 "$USER_NAME"
  fi
  mkdir "$USER_HOME/bin" "$USER_HOME/run"
  cp "$OUT/sampan" "$USER_HOME/bin/"
  cp "$IMAGES/busybox-docker-save.tar" "$USER_HOME/busybox.tar"
  chown -R "$USER_NAME:" "$USER_HOME"
  IMAGE=$USER_HOME/busybox.tar
}

remove_user() {
  as_user sampan ps -aq | while read -r id; do as_user sampan rm -f "$id"; done > /dev/null 2>&1 || true
  userdel "$USER_NAME" > /dev/null 2>&1 || true
  sed -i "/^$USER_NAME:/d" /etc/subuid /etc/subgid
  rm -rf "$USER_HOME"
}

# need_pasta: a network for the user. Some machines close /dev/net/tun; this mount namespace is the test's own.
need_pasta() {
  [ -e /usr/bin/pasta ] || skip "pasta is not installed (package passt)"
  need_tun
}

need_tun() {
  [ -c /dev/net/tun ] || skip "no /dev/net/tun"
  mkdir "$WORK/tun"
  mount -t tmpfs tmpfs "$WORK/tun"
  mknod -m 666 "$WORK/tun/tun" c 10 200
  mount --bind "$WORK/tun/tun" /dev/net/tun
  trap 'remove_user; umount /dev/net/tun; umount "$WORK/tun"; rmdir "$WORK/tun"' EXIT
}

An_ordinary_user_is_root_in_its_container() {
  make_user
  has "$(as_user sampan run --rm --network none "$IMAGE" id)" "uid=0(root) gid=0(root)"
  is 1 "$(as_user sampan run --rm --network none "$IMAGE" cat /proc/self/uid_map | awk -v uid="$(id -u "$USER_NAME")" '$1 == 0 && $2 == uid { print $3 }')"
  has "$(as_user sampan run --rm --network none -u 1000:5 "$IMAGE" id)" "uid=1000"
}

An_ordinary_users_exit_code_and_streams_pass_through() {
  make_user
  exits 7 as_user sampan run --rm --network none "$IMAGE" sh -c 'exit 7'
  is through "$(echo through | as_user sampan run --rm -i --network none "$IMAGE" cat)"
  is "" "$(as_user sampan ps -aq)"
}

An_ordinary_users_limit_without_a_cgroup_is_refused() {
  make_user
  exits 125 as_user sampan run --rm --network none -m 64m "$IMAGE" true
  has "$(cat "$WORK/stderr")" "--memory"
  one_line_error
}

An_ordinary_user_without_further_ids_is_told_how_to_get_them() {
  make_user no-ids
  exits 125 as_user sampan run --rm --network none "$IMAGE" true # the image has files of user 1000
  has "$(cat "$WORK/stderr")" "/etc/subuid"
  one_line_error
}

An_ordinary_user_can_exec_list_stop_and_remove() {
  make_user
  as_user sampan run -d --name mine --network none "$IMAGE" sh -c 'echo started; trap "exit 3" TERM; while :; do sleep 0.1; done'
  has "$(as_user sampan ps)" mine
  eventually grep -q started <(as_user sampan logs mine)
  exits 5 as_user sampan exec mine sh -c 'test "$(id -u)" = 0 && exit 5'
  as_user sampan stop mine
  has "$(as_user sampan ps -a)" "Exited (3)"
  as_user sampan rm mine
  is "" "$(as_user sampan ps -aq)"
}

An_ordinary_users_container_has_a_network_and_published_ports() {
  make_user
  need_pasta
  has "$(as_user sampan run --rm "$IMAGE" ip route)" "default via"
  as_user sampan run -d --name web -p 18080:80 "$IMAGE" sh -c 'echo published > /tmp/index.html; httpd -f -p 80 -h /tmp'
  eventually curl -sf http://127.0.0.1:18080/
  is published "$(curl -sf http://127.0.0.1:18080/)"
  exits 125 as_user sampan run --rm -p 18080:80 "$IMAGE" true
  one_line_error
  as_user sampan rm -f web
  ! pgrep -u "$USER_NAME" -f pasta || fail "pasta is left"
}

# without PROGRAM...: the user's PATH has everything but these.
without() {
  local program
  mkdir "$USER_HOME/fewer"
  ln -s /usr/bin/* "$USER_HOME/fewer/"
  for program in "$@"; do rm -f "$USER_HOME/fewer/$program"; done
  USER_PATH=$USER_HOME/bin:$USER_HOME/fewer
}

# programs_of_user: what runs as that user, or as one of its ids.
programs_of_user() {
  local pid
  for pid in /proc/[0-9]*; do
    case $(stat -c %u "$pid" 2> /dev/null) in
      "$(id -u "$USER_NAME")" | 9[0-6]????) tr '\0' ' ' < "$pid/cmdline" 2> /dev/null && echo ;;
    esac
  done
}

user_has_no_programs() { [ -z "$(programs_of_user)" ]; }

Without_pasta_slirp4netns_is_an_ordinary_users_network() {
  make_user
  [ -e /usr/bin/slirp4netns ] || skip "slirp4netns is not installed"
  need_tun
  without pasta
  has "$(as_user sampan run --rm "$IMAGE" ip route)" "default via 10.0.2.2"
  as_user sampan run -d --name web -p 18080:80 -p 127.0.0.1:18081:80 "$IMAGE" sh -c 'echo published > /tmp/index.html; httpd -f -p 80 -h /tmp' > /dev/null
  eventually curl -sf http://127.0.0.1:18080/
  is published "$(curl -sf http://192.0.2.1:18080/)"
  is published "$(curl -sf http://127.0.0.1:18081/)"
  ! curl -sf -m 2 http://192.0.2.1:18081/ > /dev/null || fail "a port of 127.0.0.1 is reached at another address"
  exits 125 as_user sampan run --rm -p 18080:80 "$IMAGE" true
  one_line_error
  as_user sampan rm -f web > /dev/null
  user_has_no_programs || fail "$(programs_of_user)"
  as_user sampan run --rm -p 18080:80 "$IMAGE" true # free again at once
}

Without_pasta_and_slirp4netns_the_error_says_what_to_install() {
  make_user
  without pasta slirp4netns
  exits 125 as_user sampan run --rm "$IMAGE" true
  one_line_error
  has "$(cat "$WORK/stderr")" "hint: install the package passt or slirp4netns, or use --network none"
  is inside "$(as_user sampan run --rm --network none "$IMAGE" echo inside)"
  is "" "$(as_user sampan ps -aq)"
}

Without_newuidmap_an_ordinary_user_has_one_id_and_is_told_so() {
  make_user
  without newuidmap newgidmap
  exits 125 as_user sampan run --rm --network none "$IMAGE" true # the image has files of user 1000
  one_line_error
  has "$(cat "$WORK/stderr")" uidmap
  # an image whose files all belong to one user runs
  mkdir "$USER_HOME/root" "$USER_HOME/root/bin" "$USER_HOME/root/proc" "$USER_HOME/root/dev" "$USER_HOME/root/sys" "$USER_HOME/root/etc"
  cp "$(command -v busybox)" "$USER_HOME/root/bin/"
  ln -s busybox "$USER_HOME/root/bin/sh"
  chown -R "$USER_NAME:" "$USER_HOME/root"
  is "0 1" "$(as_user sampan run --rm --network none --rootfs "$USER_HOME/root" sh -c 'while read -r inside outside count; do echo "$inside $count"; done < /proc/self/uid_map')"
  exits 125 as_user sampan run --rm --network none --user 1000 --rootfs "$USER_HOME/root" sh -c true
  one_line_error
}

A_users_killed_monitor_leaves_nothing_after_the_next_ps() {
  make_user
  need_pasta
  local round pid network=pasta
  for round in $(seq "$((${SAMPAN_TEST_KILL_ROUNDS:-20} / 4))"); do
    if ((round % 2 == 0)) && [ "$network" = pasta ] && [ -e /usr/bin/slirp4netns ]; then network=slirp4netns; without pasta; fi
    as_user sampan run -d --name doomed -p 18080:80 "$IMAGE" sleep 100 > /dev/null
    pid=$(as_user sampan inspect doomed | jq -e '.[0].State.Pid')
    kill -KILL "$(awk '/^PPid:/ { print $2 }' "/proc/$pid/status")"
    as_user sampan ps > /dev/null
    eventually user_has_no_programs
    has "$(as_user sampan ps -a)" Lost
    as_user sampan rm doomed > /dev/null
    is "" "$(find "$USER_HOME/run/sampan/containers" "$USER_HOME/.local/share/sampan/containers" "$USER_HOME/.local/share/sampan/names" -mindepth 1)"
  done
}

An_ordinary_user_has_an_init_detached_commands_and_filled_volumes() {
  make_user
  as_user sampan run -d --init --name mine --network none -v kept:/etc -v /opaque "$IMAGE" sleep 100
  is sampan-init "$(as_user sampan exec mine cat /proc/1/comm)"
  exits 1 as_user sampan exec mine cat /proc/1/exe
  is "second layer" "$(as_user sampan exec mine cat /etc/layer)"
  is seen "$(as_user sampan exec mine ls /opaque)"
  as_user sampan exec -d mine sh -c 'echo changed > /etc/layer; touch /tmp/done'
  eventually as_user sampan exec mine test -e /tmp/done
  exits 127 as_user sampan exec -d mine /no/such/program
  one_line_error
  as_user sampan stop mine
  has "$(as_user sampan ps -a)" "Exited (143)"
  as_user sampan rm mine
  is changed "$(as_user sampan run --rm --network none -v kept:/etc "$IMAGE" cat /etc/layer)"
  eventually no_process_of_user
}

no_process_of_user() { ! pgrep -u "$USER_NAME"; }

An_ordinary_user_is_told_that_userns_auto_is_for_root() {
  make_user
  exits 125 as_user sampan run --rm --network none --userns auto "$IMAGE" true
  has "$(cat "$WORK/stderr")" "user namespace anyway"
  one_line_error
}
