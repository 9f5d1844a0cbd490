#!/bin/bash
# Wrong input: one line on stderr, the exit code that docker gives, and nothing left behind.

Wrong_values_of_flags_are_one_line_and_125() {
  local flag
  for flag in --name=-x --name=a/b --memory=lots --memory=-1 --cpus=0 --cpus=x --publish=x --publish=0:99999 --publish=80:80/ftp \
    --volume=relative:path:zz --mount=type=none --env= --network=none-such --network-subnet=1.2.3.4 --user= --hostname=a_b! \
    --ulimit=nofile --ulimit=nothing=1 --cap-add=NO_SUCH --sysctl=novalue --device=/no/such --add-host=x --dns=x \
    --security-opt=x --stop-signal=NONE --pids-limit=-7 --pids-limit=x --platform=x --userns=x --env-file=/no/such \
    --tmpfs=relative --workdir=/etc/passwd --cidfile=/no/such/folder/cid; do
    local got=0
    sampan run --rm "$flag" "$IMAGES/busybox-docker-save.tar" true > /dev/null 2> "$WORK/stderr" < /dev/null || got=$?
    [ "$got" -eq 125 ] && [ "$(wc -l < "$WORK/stderr")" -eq 1 ] || echo "$flag: exit code $got: $(cat "$WORK/stderr")"
  done > "$WORK/accepted"
  [ ! -s "$WORK/accepted" ] || fail "$(cat "$WORK/accepted")"
}

What_is_no_archive_is_one_line_and_125() {
  local file
  mkdir -p "$WORK/bad/empty-folder"
  : > "$WORK/bad/empty.tar"
  head -c 65536 /dev/urandom > "$WORK/bad/noise.tar"
  head -c 65536 /dev/zero > "$WORK/bad/zeros.tar"
  tar -C "$WORK/bad" -cf "$WORK/bad/no-manifest.tar" noise.tar
  echo '[{"Config":"none.json","Layers":["../../etc/passwd"]}]' > "$WORK/bad/manifest.json"
  tar -C "$WORK/bad" -cf "$WORK/bad/escape.tar" manifest.json
  echo '{' > "$WORK/bad/manifest.json"
  tar -C "$WORK/bad" -cf "$WORK/bad/json.tar" manifest.json
  rm "$WORK/bad/manifest.json"
  gzip -c "$WORK/bad/noise.tar" > "$WORK/noise.gz"
  head -c 200 "$WORK/noise.gz" > "$WORK/bad/short.tar.gz"
  for file in "$WORK"/bad/*; do
    exits 125 sampan run --rm "$file" true
    one_line_error
  done
  rm -rf "$WORK/bad" "$WORK/noise.gz"
}

A_changed_layer_is_refused_by_its_digest() {
  local blob
  cp -r "$IMAGES/busybox-layout" "$WORK/layout"
  blob=$(find "$WORK/layout/blobs" -type f -printf '%s %p\n' | sort -n | tail -n 1 | cut -d' ' -f2)
  printf x | dd of="$blob" bs=1 seek=1000 conv=notrunc status=none
  exits 125 env SAMPAN_DATA="$WORK/other" sampan run --rm "$WORK/layout" true
  one_line_error
  rm -rf "$WORK/layout" "$WORK/other"
}

A_container_that_does_not_exist_is_one_line() {
  local verb
  for verb in "logs none" "stop none" "kill none" "rm none" "inspect none"; do
    # shellcheck disable=SC2086 # verb and name
    exits 1 sampan $verb
    one_line_error
  done
  exits 125 sampan exec none true
  one_line_error
}

A_verb_that_does_not_exist_is_one_line() { exits 1 sampan no-such-verb; one_line_error; }

Exec_says_by_its_code_why_it_failed() {
  sampan run -d --name host "$IMAGES/busybox-docker-save.tar" sleep 100
  exits 127 sampan exec host /no/such/program
  one_line_error
  exits 126 sampan exec host /etc/passwd
  one_line_error
  exits 125 sampan exec --no-such-flag host true
  exits 137 sampan exec host sh -c 'kill -KILL $$'
  sampan stop --time=0 host
  exits 125 sampan exec host true
  one_line_error
  sampan rm host
}

A_wrong_value_in_any_place_of_a_configuration_is_named_and_leaves_nothing() {
  local at name got config count=0
  bundle "$WORK/wrong" '.linux.cgroupsPath = "/sampan-refused/wrong" | .annotations = {a: "b"} | .process.oomScoreAdj = 5 | .process.rlimits = [{type: "RLIMIT_CORE", soft: 0, hard: 0}]
    | .hooks.poststop = [{path: "/bin/true", args: ["true"], timeout: 3}] | .linux.sysctl = {"net.ipv4.ip_forward": "1"} | .linux.devices = [{path: "/dev/x", type: "c", major: 1, minor: 3}]
    | .linux.resources = {memory: {limit: 100000000, swappiness: 10}, cpu: {shares: 100, cpus: "0"}, pids: {limit: 50}, devices: [{allow: true, type: "c", major: 1, minor: 3, access: "r"}]}
    | .linux.seccomp = {defaultAction: "SCMP_ACT_ALLOW", syscalls: [{names: ["mkdir"], action: "SCMP_ACT_ERRNO", errnoRet: 5, args: [{index: 0, value: 1, op: "SCMP_CMP_EQ"}]}]}'
  config=$(cat "$WORK/wrong/config.json")
  while read -r at; do
    # as errors write it: names with dots before them, numbers in brackets
    name=$(jq -rn --argjson at "$at" '[$at[] | if type == "number" then "[\(.)]" else ".\(.)" end] | add | ltrimstr(".")')
    jq --argjson at "$at" 'setpath($at; [[]])' <<< "$config" > "$WORK/wrong/config.json"
    got=0
    sampan-oci --root "$WORK/oci-state" create --bundle "$WORK/wrong" wrong > /dev/null 2> "$WORK/stderr" < /dev/null || got=$?
    [ "$got" -eq 1 ] && [ "$(wc -l < "$WORK/stderr")" -eq 1 ] && [[ $(cat "$WORK/stderr") == *" $name"[:\[]* || $(cat "$WORK/stderr") == "$name"[:\[]* ]] \
      || fail "$name: exit code $got: $(cat "$WORK/stderr")"
    is "" "$(ls "$WORK/oci-state" 2> /dev/null)"
    is "" "$(find /sys/fs/cgroup -path '*sampan-refused/*' -type d)"
    count=$((count + 1))
  done < <(jq -c 'paths(scalars)' <<< "$config")
  [ "$count" -gt 100 ] || fail "only $count values were spoilt"
}
