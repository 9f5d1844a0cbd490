#!/bin/bash
# Images by name: Debian's registry on loopback, with and without TLS and logins, and what the other tools make of the same images. Sourced by run.sh.
# shellcheck disable=SC2064 # the traps are for these folders and processes

# own_store DIR: this test's images are its own, and nothing of the machine's configuration is read.
own_store() {
  export SAMPAN_DATA=$1/data HOME=$1/home DOCKER_CONFIG=$1/home/.docker CONTAINERS_REGISTRIES_CONF=$1/registries.conf
  unset XDG_RUNTIME_DIR REGISTRY_AUTH_FILE
  mkdir -p "$1/home"
  : > "$1/registries.conf"
  servers=()
}

# end_servers DIR: what the test started, and its files.
end_servers() {
  set +e
  local pid
  for pid in "${servers[@]}"; do kill "$pid" 2> /dev/null && wait "$pid" 2> /dev/null; done
  rm -rf "$1"
}

# serve DIR PORT [YAML...]: Debian's registry on that port of this host; further lines are its configuration.
serve() {
  local dir=$1 port=$2
  mkdir -p "$dir/registry-$port"
  {
    printf 'version: 0.1\nlog: {level: error}\nstorage: {filesystem: {rootdirectory: %s}}\n' "$dir/registry-$port"
    printf '%s\n' "${@:3}"
  } > "$dir/registry-$port.yml"
  docker-registry serve "$dir/registry-$port.yml" > "$dir/registry-$port.log" 2>&1 &
  servers+=("$!")
  eventually nc -z 127.0.0.1 "$port"
}

# plain_registry DIR PORT
plain_registry() { serve "$1" "$2" "http: {addr: ':$2'}"; }

# has_not TEXT PART
has_not() { [[ $1 != *"$2"* ]] || fail "not wanted: $2 / got: $1"; }

# tree_of DIR: every entry with type, mode, owner, links, target, device, time and attributes, and every file's content.
tree_of() {
  (
    cd "$1" || exit 1
    find . -mindepth 1 -printf '%P %y %m %U:%G %n %l %T@\n' | sed -E 's/^([^ ]+ d .*) [0-9.]+$/\1/; s/(\.[0-9]+)$//' | sort
    find . -type f -exec sha256sum {} + | sort -k 2
    getfattr -dhR -m - . | { grep -v '^$' || true; }
  )
}

# reference_tree DIR: the busybox image as umoci unpacks it.
reference_tree() {
  umoci raw unpack --image "$IMAGES/busybox-layout:latest" "$1" > /dev/null 2>&1
  tree_of "$1"
}

# same_tree DIR SOURCE: what skopeo reads from SOURCE has the reference's files.
same_tree() {
  rm -rf "$1/layout" "$1/unpacked"
  skopeo copy -q --src-tls-verify=false "$2" "oci:$1/layout:latest"
  umoci raw unpack --image "$1/layout:latest" "$1/unpacked" > /dev/null 2>&1
  [ -e "$1/reference.tree" ] || reference_tree "$1/reference" > "$1/reference.tree"
  tree_of "$1/unpacked" > "$1/unpacked.tree"
  diff "$1/reference.tree" "$1/unpacked.tree" || fail "not the same tree: $2"
}

# kept_blobs, kept_parts: blobs that are kept, by number.
kept_blobs() { find "$SAMPAN_DATA/images/content/blobs/sha256" -type f 2> /dev/null | wc -l; }
kept_parts() { find "$SAMPAN_DATA/images/content/partial" -type f 2> /dev/null | wc -l; }

An_image_goes_to_a_registry_and_comes_back_by_tag_and_digest() {
  needs docker-registry
  local dir=$WORK/registry name=127.0.0.1:5000/team/busybox digest
  own_store "$dir"
  trap "end_servers $dir" EXIT
  plain_registry "$dir" 5000
  is 'Loaded image: busybox:latest' "$(sampan load -i "$IMAGES/busybox-docker-save.tar")"
  sampan tag busybox "$name:1"
  has "$(sampan push "$name:1")" '1: digest: sha256:'
  digest=$(skopeo inspect --tls-verify=false "docker://$name:1" | jq -r .Digest)
  is "$name:1" "$(sampan push -q "$name:1")"
  is "$digest" "$(skopeo inspect --tls-verify=false "docker://$name:1" | jq -r .Digest)"
  same_tree "$dir" "docker://$name:1"

  sampan rmi busybox "$name:1" > "$dir/removed"
  has "$(cat "$dir/removed")" 'Untagged: busybox:latest'
  has "$(cat "$dir/removed")" 'Deleted: sha256:'
  is 0 "$(kept_blobs)"
  is 0 "$(find "$SAMPAN_DATA/images/layers" -mindepth 1 | wc -l)"

  sampan pull "$name:1" > "$dir/pulled"
  has "$(cat "$dir/pulled")" "Digest: $digest"
  has "$(cat "$dir/pulled")" "Status: Downloaded newer image for $name:1"
  is "$name:1" "$(tail -n 1 "$dir/pulled")"
  has "$(sampan pull "$name:1")" "Status: Image is up to date for $name:1"
  is 'third layer' "$(sampan run --rm --network none --pull never "$name:1" cat /opaque/seen)"
  sampan rmi -f "$name:1" > /dev/null
  is "$name@$digest" "$(sampan pull -q "$name@$digest")"
  is 'second layer' "$(sampan run --rm --network none --pull never "$name@$digest" cat /etc/layer)"
  has "$(sampan images --digests)" "$digest"
  exits 1 sampan pull "$name@sha256:$(printf '0%.0s' $(seq 64))"
  one_line_error
  has "$(cat "$WORK/stderr")" 'not found'
}

Run_pulls_what_is_not_here_as_its_policy_says() {
  needs docker-registry
  local dir=$WORK/registry name=127.0.0.1:5000/app first second
  own_store "$dir"
  trap "end_servers $dir" EXIT
  plain_registry "$dir" 5000
  skopeo copy -q --dest-tls-verify=false "docker-archive:$IMAGES/busybox-docker-save.tar" "docker://$name:latest"
  exits 125 sampan run --rm --network none --pull never "$name" true
  one_line_error
  has "$(cat "$WORK/stderr")" 'no image of that name'
  exits 0 sampan run --rm --network none "$name" true
  has "$(cat "$WORK/stderr")" "$name:latest is not here: pulling it from 127.0.0.1:5000"
  exits 0 sampan run --rm --network none "$name" true
  is 0 "$(wc -c < "$WORK/stderr")"
  first=$(sampan images -q "$name")
  # another image under the same name
  umoci config --image "$dir/layout:latest" --config.env NEW=1 2> /dev/null || {
    skopeo copy -q "oci:$IMAGES/busybox-layout:latest" "oci:$dir/layout:latest"
    umoci config --image "$dir/layout:latest" --config.env NEW=1
  }
  skopeo copy -q --dest-tls-verify=false "oci:$dir/layout:latest" "docker://$name:latest"
  is '' "$(sampan run --rm --network none "$name" sh -c 'echo $NEW')"
  is 1 "$(sampan run --rm --network none --pull always "$name" sh -c 'echo $NEW')"
  second=$(sampan images -q "$name")
  [ "$first" != "$second" ] || fail 'the same image still'
  has "$(sampan images --filter dangling=true)" "$first"
  exits 125 sampan run --rm --network none --pull sometimes "$name" true
  # what looks like a path is one, and a folder that is called so is not an image
  exits 125 sampan run --rm --network none ./none.tar true
  is "sampan: image ./none.tar: no such file" "$(cat "$WORK/stderr")"
  mkdir -p "$dir/empty/127.0.0.1:5000/app"
  (cd "$dir/empty" && exits 0 sampan run --rm --network none "$name" true)
}

What_others_push_is_pulled_and_what_is_pushed_is_taken_by_others() {
  needs docker-registry /usr/bin/docker /usr/bin/podman skopeo
  # shellcheck source=tests/images/dockerd.sh
  . "$root/tests/images/dockerd.sh"
  local dir=$WORK/registry registry=127.0.0.1:5000
  in_own_mounts
  own_store "$dir"
  trap "stop_dockerd; end_servers $dir" EXIT
  plain_registry "$dir" 5000
  start_dockerd "$dir/docker" --storage-driver vfs --iptables=false --ip6tables=false --bridge=none || fail 'dockerd did not start'
  local podman=(podman --root "$dir/store" --runroot "$dir/podman" --storage-driver vfs --cgroup-manager cgroupfs --events-backend file)

  mkdir -p "$DOCKER_CONFIG" && echo '{}' > "$DOCKER_CONFIG/config.json" # podman wants the file
  # others push; what skopeo remembers of registries would keep it from compressing anew
  mkdir -p /var/lib/containers/cache && mount -t tmpfs tmpfs /var/lib/containers/cache
  skopeo copy -q --dest-tls-verify=false --format oci --dest-compress-format zstd "docker-archive:$IMAGES/busybox-docker-save.tar" "docker://$registry/zstd"
  has "$(skopeo inspect --raw --tls-verify=false "docker://$registry/zstd")" tar+zstd
  sampan pull -q "$registry/zstd" > /dev/null
  is 'third layer' "$(sampan run --rm --network none --pull never "$registry/zstd" cat /opaque/seen)"
  /usr/bin/docker load -q -i "$IMAGES/busybox-docker-save.tar" > /dev/null
  /usr/bin/docker tag busybox "$registry/docker"
  /usr/bin/docker push -q "$registry/docker" > /dev/null
  "${podman[@]}" load -q -i "$IMAGES/busybox-podman-docker.tar" > /dev/null
  "${podman[@]}" push -q --tls-verify=false localhost/busybox "$registry/podman"
  skopeo copy -q --dest-tls-verify=false "oci:$IMAGES/busybox-layout:latest" "docker://$registry/skopeo"
  local one
  for one in docker podman skopeo; do
    sampan pull -q "$registry/$one" > /dev/null
    is 'third layer' "$(sampan run --rm --network none --pull never "$registry/$one" cat /opaque/seen)"
    sampan save -o "$dir/saved.tar" "$registry/$one"
    same_tree "$dir" "docker-archive:$dir/saved.tar"
  done

  # others pull
  sampan load -i "$IMAGES/busybox-docker-save.tar" > /dev/null
  sampan tag busybox "$registry/ours"
  sampan push -q "$registry/ours" > /dev/null
  same_tree "$dir" "docker://$registry/ours"
  /usr/bin/docker pull -q "$registry/ours" > /dev/null
  is "$(sampan inspect --type image busybox | jq -r '.[0].Id')" "$(/usr/bin/docker inspect "$registry/ours" --format '{{.Id}}')"
  /usr/bin/docker save -o "$dir/back.tar" "$registry/ours"
  same_tree "$dir" "docker-archive:$dir/back.tar"
  "${podman[@]}" pull -q --tls-verify=false "$registry/ours" > /dev/null
  "${podman[@]}" save -q -o "$dir/back-podman.tar" "$registry/ours"
  same_tree "$dir" "docker-archive:$dir/back-podman.tar"
}

Archives_make_the_round_with_every_tool() {
  needs /usr/bin/docker /usr/bin/podman skopeo buildah umoci
  # shellcheck source=tests/images/dockerd.sh
  . "$root/tests/images/dockerd.sh"
  local dir=$WORK/registry archive id
  in_own_mounts
  own_store "$dir"
  trap "stop_dockerd; end_servers $dir" EXIT
  start_dockerd "$dir/docker" --storage-driver vfs --iptables=false --ip6tables=false --bridge=none || fail 'dockerd did not start'
  local store=(--root "$dir/store" --runroot "$dir/podman" --storage-driver vfs)
  for archive in docker-save.tar docker-save.tar.gz docker-new.tar podman-docker.tar podman-oci.tar buildah-docker.tar skopeo-docker.tar skopeo-oci.tar skopeo-oci.tar.gz layout; do
    id=$(sampan load -i "$IMAGES/busybox-$archive" | sed -nE '1s/^Loaded image( ID)?: //p')
    sampan tag "$id" round:trip
    sampan save -o "$dir/docker.tar" round:trip
    sampan save --format oci round:trip > "$dir/oci.tar"
    same_tree "$dir" "docker-archive:$dir/docker.tar:round:trip"
    same_tree "$dir" "oci-archive:$dir/docker.tar"
    same_tree "$dir" "oci-archive:$dir/oci.tar"
    # shellcheck disable=SC2046 # one word per image
    sampan rmi -f $(sampan images -q) > /dev/null
    is 0 "$(kept_blobs)"
  done
  # what the last one wrote, into every tool
  mkdir -p "$DOCKER_CONFIG" && echo '{}' > "$DOCKER_CONFIG/config.json" # buildah wants the file
  has "$(/usr/bin/docker load -i "$dir/docker.tar")" 'Loaded image: round:trip'
  /usr/bin/docker save -o "$dir/back.tar" round:trip
  same_tree "$dir" "docker-archive:$dir/back.tar"
  has "$(podman "${store[@]}" load -q -i "$dir/docker.tar")" round:trip
  podman "${store[@]}" rmi -fa > /dev/null
  has "$(podman "${store[@]}" load -q -i "$dir/oci.tar")" round:trip
  podman "${store[@]}" save -q -o "$dir/back-podman.tar" round:trip
  same_tree "$dir" "docker-archive:$dir/back-podman.tar"
  [ -n "$(buildah "${store[@]}" pull -q "docker-archive:$dir/docker.tar")" ] || fail 'buildah did not take it'
  mkdir "$dir/layout-of-ours"
  tar -C "$dir/layout-of-ours" -xf "$dir/oci.tar"
  is docker.io/library/round:trip "$(umoci ls --layout "$dir/layout-of-ours")"
  # and back, by a pipe
  sampan load < "$dir/back.tar" > /dev/null
  is 'third layer' "$(sampan run --rm --network none --pull never round:trip cat /opaque/seen)"
}

Several_images_go_into_one_archive_and_come_out_again() {
  local dir=$WORK/registry
  own_store "$dir"
  trap "end_servers $dir" EXIT
  sampan load -q -i "$IMAGES/busybox-docker-save.tar" > /dev/null
  sampan tag busybox one:1
  sampan tag busybox two:2
  umoci init --layout "$dir/other" && umoci new --image "$dir/other:latest"
  mkdir "$dir/files" && echo other > "$dir/files/other"
  umoci insert --image "$dir/other:latest" "$dir/files" /
  skopeo copy -q "oci:$dir/other:latest" "docker-archive:$dir/other.tar:other:3"
  sampan load -i "$dir/other.tar" > /dev/null
  sampan save one:1 two:2 other:3 | gzip -1 > "$dir/all.tar.gz"
  sampan rmi -f busybox one:1 two:2 other:3 > /dev/null
  is 0 "$(kept_blobs)"
  is 'Loaded image: one:1 Loaded image: other:3 Loaded image: two:2' "$(sampan load < "$dir/all.tar.gz" | sort | tr '\n' ' ' | sed 's/ $//')"
  exits 1 sampan save -o "$dir/none.tar" one:1 none
  one_line_error
  [ ! -e "$dir/none.tar" ] || fail 'a file was left'
}

Images_are_named_listed_described_and_removed_as_in_docker() {
  local dir=$WORK/registry id
  own_store "$dir"
  trap "end_servers $dir" EXIT
  sampan load -i "$IMAGES/busybox-skopeo-docker.tar" > /dev/null
  id=$(sampan images -q --no-trunc)
  sampan tag busybox example.com/team/app:1.2
  is "$(printf 'busybox latest\nexample.com/team/app 1.2')" "$(sampan images --format json | jq -r '.Repository + " " + .Tag')"
  is 'REPOSITORY TAG IMAGE ID CREATED SIZE' "$(sampan images | head -n 1 | tr -s ' ')"
  is busybox "$(sampan images busybox --format json | jq -r .Repository)"
  is 1.2 "$(sampan images --filter 'reference=example.com/*/app:1.*' --format json | jq -r .Tag)"
  is 1 "$(sampan images -q | wc -l)"
  is "$id" "$(sampan inspect busybox | jq -r '.[0].Id')"
  is '/bin/sh' "$(sampan inspect "${id:7:12}" | jq -r '.[0].Config.Cmd[0]')"
  is 4 "$(sampan inspect busybox | jq '.[0].RootFS.Layers | length')"
  [ "$(sampan history --format json busybox | wc -l)" -ge 3 ] || fail 'too short a history'
  has "$(sampan history busybox)" '<missing>'
  exits 1 sampan rmi "${id:7:12}"
  has "$(cat "$WORK/stderr")" 'has several names'
  is 'Untagged: example.com/team/app:1.2' "$(sampan rmi example.com/team/app:1.2)"
  # in use
  sampan run -d --name user --network none --pull never busybox sleep 100 > /dev/null
  exits 1 sampan rmi -f busybox
  has "$(cat "$WORK/stderr")" 'the running container user uses it'
  sampan kill user > /dev/null
  eventually sh -c 'sampan ps -a | grep -q Exited'
  exits 1 sampan rmi busybox
  has "$(cat "$WORK/stderr")" 'the container user uses it'
  sampan rm user > /dev/null
  exits 0 sampan rmi busybox
  is '' "$(sampan images -q)"
  is 0 "$(kept_blobs)"
  is 0 "$(find "$SAMPAN_DATA/images/layers" -mindepth 1 | wc -l)"
  exits 1 sampan rmi busybox
  one_line_error
  exits 1 sampan tag busybox 'Not A Name'
  one_line_error
}

# certificates DIR: an authority, a server's certificate for 192.0.2.1, one for another host, and a client's.
certificates() {
  (
    mkdir -p "$1" && cd "$1" || exit 1
    openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:prime256v1 -nodes -keyout ca.key -out ca.crt -days 2 -subj /CN=test-authority
    local name
    for name in server:IP:192.0.2.1 stranger:DNS:elsewhere.example client:DNS:client.example; do
      openssl req -newkey ec -pkeyopt ec_paramgen_curve:prime256v1 -nodes -keyout "${name%%:*}.key" -out request -subj "/CN=${name%%:*}"
      openssl x509 -req -in request -CA ca.crt -CAkey ca.key -CAcreateserial -days 2 -out "${name%%:*}.crt" -extfile <(echo "subjectAltName=${name#*:}")
    done
  ) 2> /dev/null
}

Certificates_are_verified_and_shown() {
  needs docker-registry openssl
  local dir=$WORK/registry ca name=192.0.2.1:5443/busybox
  own_store "$dir"
  trap "end_servers $dir" EXIT
  ca=$dir/certificates
  certificates "$ca"
  serve "$dir" 5443 'http:' "  addr: :5443" "  tls: {certificate: $ca/server.crt, key: $ca/server.key}"
  serve "$dir" 5444 'http:' "  addr: :5444" "  tls: {certificate: $ca/stranger.crt, key: $ca/stranger.key}"
  serve "$dir" 5445 'http:' "  addr: :5445" "  tls: {certificate: $ca/server.crt, key: $ca/server.key, clientcas: [$ca/ca.crt]}"
  skopeo copy -q --dest-cert-dir "$(mkdir "$dir/ca" && cp "$ca/ca.crt" "$dir/ca/" && echo "$dir/ca")" "docker-archive:$IMAGES/busybox-docker-save.tar" "docker://$name"
  exits 1 sampan pull "$name"
  one_line_error
  has "$(cat "$WORK/stderr")" 'TLS: '
  has "$(cat "$WORK/stderr")" '/etc/docker/certs.d/192.0.2.1:5443/ca.crt'
  is 0 "$(kept_blobs)"
  is "192.0.2.1:5443/busybox:latest" "$(sampan pull -q --cert-dir "$dir/ca" "$name")"
  # the folder of docker's kind, in a mount namespace of its own
  sampan rmi -f "$name" > /dev/null
  # shellcheck disable=SC2016 # the inner shell's
  is "$name:latest" "$(unshare --mount sh -c 'mount -t tmpfs tmpfs /etc/containers && mkdir -p "/etc/containers/certs.d/192.0.2.1:5443" &&
    cp "$1/ca.crt" "/etc/containers/certs.d/192.0.2.1:5443/" && sampan pull -q "$2"' - "$ca" "$name")"
  # its name must be the host's, whoever signed it
  exits 1 sampan pull --cert-dir "$dir/ca" 192.0.2.1:5444/busybox
  has "$(cat "$WORK/stderr")" 'TLS: '
  exits 1 sampan pull --tls-verify=false 192.0.2.1:5444/busybox
  has "$(cat "$WORK/stderr")" 'not found'
  # a client that must show itself
  exits 1 sampan pull --cert-dir "$dir/ca" 192.0.2.1:5445/busybox
  mkdir "$dir/mine" && cp "$ca/ca.crt" "$dir/mine/" && cp "$ca/client.crt" "$dir/mine/client.cert" && cp "$ca/client.key" "$dir/mine/"
  exits 1 sampan pull --cert-dir "$dir/mine" 192.0.2.1:5445/busybox
  has "$(cat "$WORK/stderr")" 'not found'
  # plain HTTP on an address that is not loopback is not tried by itself
  plain_registry "$dir" 5000
  exits 1 sampan pull 192.0.2.1:5000/busybox
  has "$(cat "$WORK/stderr")" 'TLS: '
  exits 1 sampan pull --tls-verify=false 192.0.2.1:5000/busybox
  has "$(cat "$WORK/stderr")" 'not found'
}

A_login_is_needed_kept_and_forgotten() {
  needs docker-registry htpasswd
  local dir=$WORK/registry name=127.0.0.1:5000/busybox
  own_store "$dir"
  trap "end_servers $dir" EXIT
  mkdir -p "$dir/home"
  htpasswd -Bbn me 'se:cret' > "$dir/passwords"
  serve "$dir" 5000 'http: {addr: ":5000"}' 'auth:' "  htpasswd: {realm: here, path: $dir/passwords}"
  sampan load -q -i "$IMAGES/busybox-docker-save.tar" > /dev/null
  sampan tag busybox "$name"
  exits 1 sampan push "$name"
  one_line_error
  has "$(cat "$WORK/stderr")" 'not logged in; hint: sampan login 127.0.0.1:5000'
  printf wrong > "$dir/secret"
  exits 1 sh -c 'sampan login -u me --password-stdin 127.0.0.1:5000 < "$0"' "$dir/secret"
  has "$(cat "$WORK/stderr")" 'the login is refused'
  [ ! -e "$DOCKER_CONFIG/config.json" ] || fail 'a wrong login was kept'
  echo 'se:cret' > "$dir/secret"
  exits 0 sh -c 'sampan login -u me --password-stdin 127.0.0.1:5000 < "$0"' "$dir/secret"
  is 'Login Succeeded' "$(cat "$WORK/stdout")"
  is 600 "$(stat -c %a "$DOCKER_CONFIG/config.json")"
  is 'me:se:cret' "$(jq -r '.auths["127.0.0.1:5000"].auth' "$DOCKER_CONFIG/config.json" | base64 -d)"
  exits 0 sampan push "$name"
  sampan rmi -f "$name" busybox > /dev/null
  exits 0 sampan pull "$name"
  # docker's login is ours
  exits 0 sampan logout 127.0.0.1:5000
  is null "$(jq -r '.auths["127.0.0.1:5000"]' "$DOCKER_CONFIG/config.json")"
  exits 1 sampan pull "$name"
  skopeo login --tls-verify=false --authfile "$DOCKER_CONFIG/config.json" -u me -p 'se:cret' 127.0.0.1:5000 > /dev/null
  exits 0 sampan pull "$name"
  exits 0 sampan logout 127.0.0.1:5000
  # a helper keeps it instead
  mkdir -p "$dir/bin"
  cat > "$dir/bin/docker-credential-box" << 'HELPER'
#!/bin/sh
box=$HOME/box
case $1 in
  store) cat > "$box" ;;
  get) read -r server; grep -q "\"$server\"" "$box" 2> /dev/null && cat "$box" || { echo 'credentials not found in native keychain'; exit 1; } ;;
  erase) rm -f "$box" ;;
esac
HELPER
  chmod +x "$dir/bin/docker-credential-box"
  echo '{"credHelpers": {"127.0.0.1:5000": "box"}, "keep": "this"}' > "$DOCKER_CONFIG/config.json"
  PATH=$dir/bin:$PATH
  exits 1 sampan pull "$name"
  exits 0 sh -c 'sampan login -u me --password-stdin 127.0.0.1:5000 < "$0"' "$dir/secret"
  is 'se:cret' "$(jq -r .Secret "$HOME/box")"
  has_not "$(cat "$DOCKER_CONFIG/config.json")" auths
  exits 0 sampan pull "$name"
  exits 0 sampan logout 127.0.0.1:5000
  [ ! -e "$HOME/box" ] || fail 'the helper was not told'
  exits 1 sampan pull "$name"
}

Layers_are_mounted_from_a_repository_that_has_them() {
  needs docker-registry
  local dir=$WORK/registry
  own_store "$dir"
  trap "end_servers $dir" EXIT
  plain_registry "$dir" 5000
  sampan load -q -i "$IMAGES/busybox-docker-save.tar" > /dev/null
  sampan tag busybox 127.0.0.1:5000/first
  sampan tag busybox 127.0.0.1:5000/a/second
  sampan push -q 127.0.0.1:5000/first > /dev/null
  sampan push -q 127.0.0.1:5000/a/second > /dev/null
  same_tree "$dir" docker://127.0.0.1:5000/a/second
  is 5 "$(grep -c '"POST /v2/a/second/blobs/uploads/?mount=.* 201 ' "$dir/registry-5000.log")"
  has_not "$(cat "$dir/registry-5000.log")" '"PUT /v2/a/second/blobs'
}

A_large_layer_goes_in_pieces() {
  needs docker-registry
  local dir=$WORK/registry
  own_store "$dir"
  trap "end_servers $dir" EXIT
  plain_registry "$dir" 5000
  umoci init --layout "$dir/big" && umoci new --image "$dir/big:latest"
  mkdir "$dir/files" && openssl enc -aes-128-ctr -K 00 -iv 00 -in /dev/zero 2> /dev/null | head -c 150000000 > "$dir/files/noise" || true
  umoci insert --image "$dir/big:latest" "$dir/files" /
  umoci config --image "$dir/big:latest" --os linux --architecture amd64
  sampan load -i "$dir/big" > "$dir/loaded"
  sampan tag "$(sed 's/Loaded image ID: //' "$dir/loaded")" 127.0.0.1:5000/big
  sampan push -q 127.0.0.1:5000/big > /dev/null
  skopeo copy -q --src-tls-verify=false docker://127.0.0.1:5000/big "oci:$dir/back:latest"
  umoci raw unpack --image "$dir/back:latest" "$dir/unpacked" > /dev/null 2>&1
  cmp "$dir/files/noise" "$dir/unpacked/noise"
}

Mirrors_are_asked_first_and_blocked_registries_not_at_all() {
  needs docker-registry
  local dir=$WORK/registry
  own_store "$dir"
  trap "end_servers $dir" EXIT
  plain_registry "$dir" 5000
  skopeo copy -q --dest-tls-verify=false "docker-archive:$IMAGES/busybox-docker-save.tar" docker://127.0.0.1:5000/hub/library/busybox
  cat > "$dir/registries.conf" << 'TOML'
[[registry]]
location = "docker.io"
[[registry.mirror]]
location = "127.0.0.1:1"
[[registry.mirror]]
location = "127.0.0.1:5000/hub"
[[registry]]
prefix = "*.evil.example"
blocked = true
TOML
  is docker.io/library/busybox:latest "$(sampan pull -q busybox)"
  is 'third layer' "$(sampan run --rm --network none --pull never busybox cat /opaque/seen)"
  exits 1 sampan pull www.evil.example/busybox
  has "$(cat "$WORK/stderr")" blocked
}

Many_pull_the_same_image_at_once() {
  needs docker-registry
  local dir=$WORK/registry pid pids=()
  own_store "$dir"
  trap "end_servers $dir" EXIT
  plain_registry "$dir" 5000
  skopeo copy -q --dest-tls-verify=false "docker-archive:$IMAGES/busybox-docker-save.tar" docker://127.0.0.1:5000/busybox
  local i
  for i in 1 2 3 4; do
    sampan pull -q 127.0.0.1:5000/busybox > /dev/null & pids+=("$!")
    sampan load -q -i "$IMAGES/busybox-skopeo-oci.tar" > /dev/null & pids+=("$!")
    { sampan rmi -f none 2> /dev/null || true; } & pids+=("$!")
  done
  for pid in "${pids[@]}"; do wait "$pid" || fail 'one failed'; done
  is 'third layer' "$(sampan run --rm --network none --pull never 127.0.0.1:5000/busybox cat /opaque/seen)"
  is 0 "$(kept_parts)"
}

# hostile DIR: a lying registry on port 5001, and on port 5002 of 192.0.2.1 where it sends people to.
hostile() {
  : > "$1/asked" && : > "$1/elsewhere"
  "$here/hostile-registry.py" 5001 192.0.2.1:5002 "$1/asked" > "$1/hostile.log" 2>&1 & servers+=("$!")
  "$here/hostile-registry.py" 5002 127.0.0.1:5001 "$1/elsewhere" 192.0.2.1 > "$1/hostile-other.log" 2>&1 & servers+=("$!")
  eventually nc -z 127.0.0.1 5001
  eventually nc -z 192.0.2.1 5002
}

A_lying_registry_gives_one_line_and_leaves_nothing() {
  needs python3
  local dir=$WORK/registry lie text
  own_store "$dir"
  trap "end_servers $dir" EXIT
  hostile "$dir"
  while read -r lie text; do
    exits 1 timeout 60 sampan pull "127.0.0.1:5001/$lie/image"
    one_line_error
    has "$lie: $(cat "$WORK/stderr")" "$text"
    ! grep -q $'\e' "$WORK/stderr" || fail "$lie: an escape sequence came through"
    [ "$(wc -c < "$WORK/stderr")" -lt 1200 ] || fail "$lie: a long error"
    is "$lie 0" "$lie $(kept_blobs)"
    is "$lie 0" "$lie $(kept_parts)"
    is '' "$(sampan images -q)"
    is 0 "$(find "$SAMPAN_DATA/images/layers" -mindepth 1 | wc -l)"
  done << 'LIES'
digest what came has the digest sha256:
smaller the manifest says
larger the manifest says
terabytes the manifest says
endless more than the
endlessmanifest larger than 4194304 bytes
hugemanifest larger than 4194304 bytes
header the registry says sha256:
html of the kind 'text/html'
typelie the document itself
both index
diffid the content has the digest
windows only those for linux
foreign is foreign
artifact an artifact
schema1 which is no image
path not a sha256 digest
nosize gives no size
negative gives no size
loop digest
missing not found
deep not valid JSON
redirectloop redirects more than
redirectfile sends on to file
badrange another part
alwaysbusy status 429 (no?[31m more)
realm without TLS
token no usable token
LIES
  # nobody was sent anywhere
  is 0 "$(wc -l < "$dir/elsewhere")"
}

Credentials_go_to_nobody_else() {
  needs python3
  local dir=$WORK/registry
  own_store "$dir"
  trap "end_servers $dir" EXIT
  hostile "$dir"
  mkdir -p "$DOCKER_CONFIG"
  printf '{"auths": {"127.0.0.1:5001": {"auth": "%s"}}}' "$(printf me:secret | base64)" > "$DOCKER_CONFIG/config.json"
  exits 0 sampan pull 127.0.0.1:5001/auth-redirect/image
  grep -q 'GET /v2/auth-redirect/image/blobs/.* authorization=Basic' "$dir/asked" || fail 'the registry itself got no login'
  grep -q 'GET /v2/store/blobs/x .*authorization=- cookie=-' "$dir/elsewhere" || fail 'the other host was not asked as wanted'
  sampan rmi -f 127.0.0.1:5001/auth-redirect/image > /dev/null
  # who asks for a login after a redirect gets none (CVE-2020-15157)
  exits 1 sampan pull 127.0.0.1:5001/auth-redirect401/image
  one_line_error
  exits 0 sampan pull 127.0.0.1:5001/urls/image
  exits 1 sampan pull 127.0.0.1:5001/foreign/image
  exits 1 sampan pull 127.0.0.1:5001/realm/image
  has_not "$(cat "$dir/elsewhere")" 'authorization=Basic'
  has_not "$(cat "$dir/elsewhere")" urls
  has_not "$(cat "$dir/elsewhere")" foreign
  has_not "$(cat "$dir/elsewhere")" token
}

A_lost_connection_is_taken_up_again() {
  needs python3
  local dir=$WORK/registry how
  own_store "$dir"
  trap "end_servers $dir" EXIT
  hostile "$dir"
  for how in resume norange busy broken lost; do
    is "127.0.0.1:5001/$how/image:latest" "$(sampan pull -q "127.0.0.1:5001/$how/image")"
    is 0 "$(kept_parts)"
    sampan rmi -f "127.0.0.1:5001/$how/image" > /dev/null
  done
  grep -q 'GET /v2/resume/image/blobs/.* range=bytes=[1-9]' "$dir/asked" || fail 'no range was asked for'
}

A_lost_upload_is_begun_anew_and_takes_no_login_elsewhere() {
  needs python3
  local dir=$WORK/registry repo
  own_store "$dir"
  trap "end_servers $dir" EXIT
  hostile "$dir"
  mkdir -p "$DOCKER_CONFIG"
  printf '{"auths": {"127.0.0.1:5001": {"auth": "%s"}}}' "$(printf me:secret | base64)" > "$DOCKER_CONFIG/config.json"
  sampan load -q -i "$IMAGES/busybox-docker-save.tar" > /dev/null
  for repo in pushlost auth-pushaway pushfile; do sampan tag busybox "127.0.0.1:5001/$repo/image"; done
  exits 0 sampan push 127.0.0.1:5001/pushlost/image
  is 1 "$(grep -c 'PUT /v2/pushlost/image/manifests' "$dir/asked")"
  [ "$(grep -c 'PUT /v2/pushlost/image/blobs' "$dir/asked")" -gt 5 ] || fail 'nothing was sent again'
  exits 0 sampan push 127.0.0.1:5001/auth-pushaway/image
  grep -q 'POST /v2/auth-pushaway/image/blobs/uploads/.*authorization=Basic' "$dir/asked" || fail 'the registry itself got no login'
  is 5 "$(grep -c 'PUT /v2/sink/upload.*authorization=- cookie=-' "$dir/elsewhere")"
  has_not "$(cat "$dir/elsewhere")" 'authorization=Basic'
  exits 1 sampan push 127.0.0.1:5001/pushfile/image
  one_line_error
}

A_killed_pull_goes_on_where_it_was() {
  needs python3
  local dir=$WORK/registry pid
  own_store "$dir"
  trap "end_servers $dir" EXIT
  hostile "$dir"
  sampan pull 127.0.0.1:5001/slow/image > /dev/null 2>&1 & pid=$!
  # shellcheck disable=SC2016 # the inner shell's
  eventually sh -c 'find "$SAMPAN_DATA/images/content/partial" -type f -size +100k | grep -q .'
  kill -KILL "$pid"
  wait "$pid" 2> /dev/null || true
  exits 0 sampan pull 127.0.0.1:5001/slow/image
  grep -q ' range=bytes=300000-' "$dir/asked" || fail 'it began anew'
  is 0 "$(kept_parts)"
}

What_a_liar_left_half_does_not_stay_in_the_way() {
  needs python3
  local dir=$WORK/registry
  own_store "$dir"
  trap "end_servers $dir" EXIT
  hostile "$dir"
  exits 1 sampan pull 127.0.0.1:5001/poison/image
  one_line_error
  is 1 "$(kept_parts)"
  exits 0 sampan pull 127.0.0.1:5001/good/image
  is 0 "$(kept_parts)"
}
