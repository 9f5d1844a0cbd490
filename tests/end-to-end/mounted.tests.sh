#!/bin/bash
# Images that are mounted where they lie, by an index, instead of being unpacked.

# in_own_store COMMAND...: with an empty store, and images as tars and indexes.
in_own_store() {
  rm -rf "$WORK/own"
  SAMPAN_DATA=$WORK/own/data SAMPAN_RUN=$WORK/own/run SAMPAN_STORAGE=${STORAGE:-erofs} "$@"
  rm -rf "$WORK/own"
}

needs_erofs() { [ "$(sampan info --format json | jq -r .storage)" = erofs ] || skip "this kernel mounts no images: $(sampan info | grep ^storage)"; }

busybox_of() { sampan run --rm --network none "$@"; }

An_uncompressed_archive_is_run_where_it_lies_and_copied_nowhere() {
  needs_erofs
  in_own_store runs_in_place
}
runs_in_place() {
  local seen
  sampan run -d --name=inplace --network none "$IMAGES/debian-docker-save.tar" sleep 100 > /dev/null
  # less than an index of 12,000 files takes
  [ "$(du -sk "$SAMPAN_DATA/images" | cut -f 1)" -lt 8000 ] || fail "copied: $(du -k "$SAMPAN_DATA/images")"
  seen=$(findmnt -rno FSTYPE)
  [[ $seen != *erofs* ]] || fail "a mount of the host: $seen"
  is overlay "$(sampan exec inplace stat -f -c %T / | sed s/overlayfs/overlay/)"
  is "$(tar -xOf "$IMAGES/debian-root.tar" ./etc/passwd | sha256sum)" "$(sampan exec inplace cat /etc/passwd | sha256sum)"
  sampan rm -f inplace > /dev/null
}

A_container_is_told_of_when_its_archive_was_written_to() {
  needs_erofs
  in_own_store tells_of_writing
}
tells_of_writing() {
  cp "$IMAGES/busybox-docker-save.tar" "$WORK/own.tar"
  sampan run -d --name=told --network none "$WORK/own.tar" sleep 100 > /dev/null
  is "" "$(sampan ps 2>&1 > /dev/null)"
  printf x | dd of="$WORK/own.tar" bs=1 seek="$(($(stat -c %s "$WORK/own.tar") - 1))" conv=notrunc status=none
  has "$(sampan ps 2>&1 > /dev/null)" "container told: its files lie in $WORK/own.tar, which was written to"
  has "$(sampan inspect told 2>&1 > /dev/null)" "which was written to"
  exits 125 sampan run --rm --network none busybox true
  one_line_error
  has "$(cat "$WORK/stderr")" "has changed or is gone"
  # what was written lies behind the end of the archive: verified again, it runs
  busybox_of "$WORK/own.tar" true
  sampan rm -f told > /dev/null
  rm "$WORK/own.tar"
}

A_flipped_bit_in_an_archive_is_found_before_anything_runs() {
  needs_erofs
  in_own_store finds_a_flipped_bit
}
finds_a_flipped_bit() {
  local at
  cp "$IMAGES/busybox-docker-save.tar" "$WORK/own.tar"
  at=$(grep -abo -m 1 ELF "$WORK/own.tar" | head -n 1 | cut -d : -f 1)
  printf X | dd of="$WORK/own.tar" bs=1 seek=$((at + 5000)) conv=notrunc status=none
  exits 125 sampan run --rm --network none "$WORK/own.tar" true
  one_line_error
  has "$(cat "$WORK/stderr")" "the content has the digest"
  is "" "$(find "$SAMPAN_DATA"/images/{tars,indexes,images} -mindepth 1)"
  rm "$WORK/own.tar"
}

Many_first_runs_at_once_of_one_archive_all_run() {
  needs_erofs
  in_own_store many_first_runs "$IMAGES/debian-docker-save.tar"
  in_own_store many_first_runs "$IMAGES/busybox-docker-save.tar.gz"
}
many_first_runs() {
  local jobs=() job
  for _ in 1 2 3 4 5 6; do busybox_of "$1" true & jobs+=($!); done
  for job in "${jobs[@]}"; do wait "$job"; done
  is 1 "$(find "$SAMPAN_DATA/images/indexes" -mindepth 1 -maxdepth 1 | wc -l)"
}

A_first_run_that_was_killed_at_any_moment_is_no_harm_to_the_next() {
  needs_erofs
  in_own_store kills_first_runs
}
kills_first_runs() {
  local pid round image
  for round in $(seq "${SAMPAN_TEST_KILL_ROUNDS:-12}"); do
    # in place, and with everything written
    image=$IMAGES/busybox-docker-save.tar
    [ $((round % 2)) -eq 0 ] || image=$IMAGES/debian-skopeo-oci.tar
    rm -rf "$SAMPAN_DATA/images"
    busybox_of "$image" true < /dev/null > /dev/null 2>&1 & pid=$!
    sleep "0.$(printf %03d $((RANDOM % (round % 2 ? 999 : 60))))"
    kill -KILL "$pid" 2> /dev/null || true
    wait "$pid" 2> /dev/null || true
    is done "$(busybox_of "$image" echo done)"
    is "" "$(find "$SAMPAN_DATA/images" -mindepth 1 -name '.*')"
  done
}

An_index_is_sound_to_fsck_erofs() {
  needs_erofs
  "$(dirname "$IMAGES")/../tests/images/fetch-erofs-utils.sh" "$(dirname "$IMAGES")/erofs-utils" > "$WORK/log-fetch" 2>&1 || skip "no newer erofs-utils: $(tail -n 1 "$WORK/log-fetch")"
  in_own_store checks_index
}
checks_index() {
  local tools archive index
  tools=$(dirname "$IMAGES")/erofs-utils
  archive=$IMAGES/debian-docker-save.tar
  busybox_of "$archive" true
  index=$(echo "$SAMPAN_DATA"/images/indexes/*/index)
  has "$("$tools/fsck.erofs" -d3 --device="$archive" "$index" 2>&1)" "No errors found"
  has "$("$tools/dump.erofs" --device="$archive" --path=/etc/passwd "$index")" "Size: $(tar -xOf "$IMAGES/debian-root.tar" ./etc/passwd | wc -c)"
}

The_storage_that_is_asked_for_is_used_or_refused() {
  needs_erofs
  exits 125 sampan run --rm --storage tapes "$IMAGES/busybox-docker-save.tar" true
  STORAGE=directory in_own_store uses_directories
}
uses_directories() {
  busybox_of "$IMAGES/busybox-docker-save.tar" true
  is "" "$(find "$SAMPAN_DATA/images/indexes" -mindepth 1)"
  exits 125 sampan run --rm --network none --storage erofs busybox true
  has "$(cat "$WORK/stderr")" "unpacked to directories only"
  busybox_of --storage erofs "$IMAGES/busybox-docker-save.tar" true
}
