#!/bin/bash
# Every field of the OCI runtime specification (Linux), each by its effect in a container. RUNTIME takes any runtime: runc and
# crun go through the same checks, so that a check that fails on all is known to be wrong.

# Its bundle. A test that spoils the root file system takes another one for itself.
CONFORM=${WORK:-}/conform

# since VERSION: skips what a runtime does not claim to know, by the specification's version that it says it follows.
since() {
  local claims
  claims=$("$RUNTIME" --version | sed -n 's/^spec: *//p')
  [ "$(printf '%s\n' "$1" "$claims" | sort -V | head -n 1)" = "$1" ] || skip "of runtime-spec $1; $("$RUNTIME" --version | head -n 1) claims $claims"
}

chosen() { "$RUNTIME" --root "$WORK/oci-state" "$@"; }

# conform FILTER COMMAND: what a shell command prints in a container whose configuration the jq filter has changed. The bundle
# has no cgroup limits, so that the machine's own limits do not matter.
conform() {
  [ -d "$CONFORM" ] || bundle "$CONFORM"
  [ -f "$CONFORM/base.json" ] || jq 'del(.linux.resources) | .root.readonly = false' "$CONFORM/config.json" > "$CONFORM/base.json"
  jq --arg command "$2" '.process.args = ["sh", "-c", $command] | '"$1" "$CONFORM/base.json" > "$CONFORM/config.json"
  chosen run --bundle "$CONFORM" "conform-$$-$RANDOM" < /dev/null 2> "$WORK/stderr" || { cat "$WORK/stderr"; return 1; }
}

# --- process ---

Conformance_user_ids_groups_and_umask_are_those_of_the_configuration() {
  is "1000 100 100 5 6 0077" "$(conform '.process.user = {uid: 1000, gid: 100, additionalGids: [5, 6], umask: 63}' 'echo $(id -u) $(id -g) $(id -G) $(umask)')"
}

Conformance_all_five_capability_sets_are_set() {
  local caps='.process.user = {uid: 7, gid: 7} | .process.capabilities = {bounding: ["CAP_KILL","CAP_CHOWN"], permitted: ["CAP_KILL","CAP_CHOWN"],
    effective: ["CAP_CHOWN"], inheritable: ["CAP_KILL"], ambient: ["CAP_KILL"]}'
  is "CapInh: 0000000000000020 CapPrm: 0000000000000020 CapEff: 0000000000000020 CapBnd: 0000000000000021 CapAmb: 0000000000000020" \
    "$(conform "$caps" "grep ^Cap /proc/self/status | tr '\t\n' '  ' | sed 's/ *\$//'" | tr -s ' ')"
}

Conformance_limits_oom_score_and_no_new_privileges() {
  is "64 100 1" "$(conform '.process.rlimits = [{type: "RLIMIT_NOFILE", soft: 64, hard: 100}] | .process.noNewPrivileges = true' \
    'echo $(ulimit -Sn) $(ulimit -Hn) $(sed -n "s/^NoNewPrivs:\t//p" /proc/self/status)')"
  is 321 "$(conform '.process.oomScoreAdj = 321' 'cat /proc/self/oom_score_adj')"
}

Conformance_scheduler_and_io_priority() {
  since 1.1
  is "SCHED_BATCH 5" "$(conform '.process.scheduler = {policy: "SCHED_BATCH", nice: 5}' \
    'set -- $(cat /proc/self/stat); shift 18; nice=$1; case $(sed -n "s/^policy *: *//p" /proc/self/sched) in 3) echo SCHED_BATCH $nice;; *) echo other;; esac')"
  oci_holds '.process.ioPriority = {class: "IOPRIO_CLASS_BE", priority: 3}'
  is "best-effort: prio 3" "$(ionice -p "$(held)")"
  oci_ends
}

Conformance_environment_and_working_directory() {
  is "/srv/app here" "$(conform '.process.cwd = "/srv/app" | .process.env = ["PATH=/bin", "WHERE=here"]' 'echo $PWD $WHERE')"
}

Conformance_personality_domain_is_set() {
  since 1.1
  is i686 "$(conform '.linux.personality = {domain: "LINUX32"}' 'uname -m')"
}

Conformance_memory_policy_is_set() {
  since 1.3
  has "$(conform '.linux.memoryPolicy = {mode: "MPOL_BIND", nodes: "0"}' 'head -n 1 /proc/self/numa_maps')" "bind:0"
}

# oci_holds FILTER: a container that stays, with the id held; `held` is its pid and `oci_ends` takes it away.
oci_holds() {
  conform "$1" true > /dev/null || { cat "$WORK/stderr"; return 1; }
  jq '.process.args = ["sleep", "60"]' "$CONFORM/config.json" > "$CONFORM/config.new"
  mv "$CONFORM/config.new" "$CONFORM/config.json"
  chosen run --detach --bundle "$CONFORM" held < /dev/null > /dev/null 2> "$WORK/stderr" || fail "$(cat "$WORK/stderr")"
}
held() { chosen state held | jq .pid; }
oci_ends() { chosen delete --force held; }

Conformance_exec_cpu_affinity() {
  since 1.2
  oci_holds .
  jq '.process | .args = ["grep", "Cpus_allowed_list", "/proc/self/status"] | .execCPUAffinity = {initial: "0-1", final: "1"}' \
    "$CONFORM/config.json" > "$WORK/process.json"
  has "$(chosen exec --process "$WORK/process.json" held)" "	1"
  oci_ends
}

# --- namespaces ---

Conformance_namespaces_are_new_joined_or_inherited() {
  local own
  own=$(readlink /proc/self/ns/uts)
  is "$own" "$(conform 'del(.hostname) | .linux.namespaces |= map(select(.type != "uts"))' 'readlink /proc/self/ns/uts')"
  [ "$own" != "$(conform . 'readlink /proc/self/ns/uts')" ] || fail "not a new namespace"
  ip netns add conform
  # shellcheck disable=SC2064 # the name is known now
  trap "ip netns del conform" EXIT
  is "$(ip netns exec conform readlink /proc/self/ns/net)" \
    "$(conform '.linux.namespaces |= map(if .type == "network" then .path = "/run/netns/conform" else . end)' 'readlink /proc/self/ns/net')"
}

Conformance_a_new_user_namespace_with_a_network_of_the_host() {
  ip netns add conform
  # shellcheck disable=SC2064
  trap "ip netns del conform" EXIT
  # the kernel lets nobody but the owner of a network namespace mount a sysfs: the specification does not say what then
  local sys='map(select(.type != "sysfs"))'
  [[ $RUNTIME != sampan-oci ]] || sys=.
  is "0 $(ip netns exec conform readlink /proc/self/ns/net)" "$(conform "$(user_namespace) | .mounts |= $sys | "'.linux.namespaces |= map(if .type == "network" then .path = "/run/netns/conform" else . end)' \
    'echo $(id -u) $(readlink /proc/self/ns/net)')"
}

# user_namespace: a jq filter for a new user namespace over ids of the host from 100000.
user_namespace() {
  chmod 0755 "$WORK"
  echo '.linux.namespaces += [{type: "user"}] | .linux.uidMappings = [{containerID: 0, hostID: 100000, size: 65536}]
    | .linux.gidMappings = [{containerID: 0, hostID: 100000, size: 65536}] | .mounts |= map(select(.type != "cgroup"))'
}

Conformance_user_and_other_namespaces_by_path() {
  unshare --user --net sleep 60 &
  local pid=$!
  eventually sh -c "[ \$(readlink /proc/$pid/ns/user) != $(readlink /proc/self/ns/user) ]"
  echo 0 100000 65536 > /proc/$pid/uid_map
  echo 0 100000 65536 > /proc/$pid/gid_map
  # shellcheck disable=SC2064
  trap "kill $pid" EXIT
  eventually grep -q 100000 "/proc/$pid/uid_map"
  chmod 0755 "$WORK"
  is "0 $(readlink /proc/$pid/ns/user) $(readlink /proc/$pid/ns/net) 1" "$(conform '.linux.namespaces |= map(if .type == "network" then .path = "/proc/'$pid'/ns/net" else . end)
    | .linux.namespaces += [{type: "user", path: "/proc/'$pid'/ns/user"}] | .mounts |= map(select(.type != "cgroup"))' \
    'echo $(id -u) $(readlink /proc/self/ns/user) $(readlink /proc/self/ns/net) $$')"
}

Conformance_time_offsets() {
  since 1.1
  local up
  up=$(conform '.linux.namespaces += [{type: "time"}] | .linux.timeOffsets = {boottime: {secs: 1000000, nanosecs: 5}, monotonic: {secs: 1000000}}' 'cut -d. -f1 /proc/uptime')
  [ "$up" -gt 1000000 ] || fail "uptime $up"
}

Conformance_host_name() { is web "$(conform '.hostname = "web"' 'hostname')"; }

Conformance_domain_name() {
  since 1.1
  is example.org "$(conform '.domainname = "example.org"' 'cat /proc/sys/kernel/domainname')"
}

Conformance_sysctls_with_dots_and_slashes() {
  is "1 77 40000 50000" "$(conform '.linux.sysctl = {"net.ipv4.ip_forward": "1", "kernel/msgmni": "77", "net.ipv4.ip_local_port_range": "40000 50000"}' \
    'echo $(cat /proc/sys/net/ipv4/ip_forward /proc/sys/kernel/msgmni /proc/sys/net/ipv4/ip_local_port_range)')"
}

Conformance_a_sysctl_of_the_host_is_refused() {
  local before
  before=$(cat /proc/sys/vm/swappiness)
  conform '.linux.sysctl = {"vm.swappiness": "7"}' true > "$WORK/stdout" 2>&1 && fail "was not refused"
  is "$before" "$(cat /proc/sys/vm/swappiness)"
}

# --- mounts ---

# options_of FILTER PATH: the options of the mount there, as findmnt would print them.
options_of() { conform "$1" "awk '\$5 == \"$2\" { print \$6 }' /proc/self/mountinfo | tail -n 1"; }

mounted() { echo ".mounts += [{destination: \"/m\", type: \"tmpfs\", source: \"tmpfs\", options: [$1]}]"; }

Conformance_mount_options_act_on_the_mount() {
  is "rw,relatime" "$(options_of "$(mounted '"suid","dev","exec","rw","async"')" /m)"
  is "ro,nosuid,nodev,noexec,noatime" "$(options_of "$(mounted '"ro","nosuid","nodev","noexec","noatime"')" /m)"
  is "rw,nodiratime,relatime" "$(options_of "$(mounted '"nodiratime"')" /m)"
  is "rw" "$(options_of "$(mounted '"strictatime"')" /m)"
}

Conformance_a_mount_that_follows_no_links() {
  since 1.1
  is "rw,relatime,nosymfollow" "$(options_of "$(mounted '"nosymfollow"')" /m)"
}

Conformance_file_system_options_reach_the_file_system() {
  has "$(conform "$(mounted '"size=64k","mode=0711","sync","lazytime"')" "awk '\$5 == \"/m\"' /proc/self/mountinfo; stat -c %a /m")" "size=64k,mode=711"
  has "$(conform "$(mounted '"sync"')" "grep ' /m ' /proc/mounts")" sync
}

Conformance_destinations_may_be_relative() {
  since 1.2
  has "$(conform '.mounts += [{destination: "rel/ative", type: "tmpfs", source: "tmpfs"}]' 'grep /rel/ative /proc/mounts')" tmpfs
}

Conformance_binds_of_files_and_directories() {
  mkdir -p "$WORK/source/below"
  echo content > "$WORK/source/file"
  mount -t tmpfs tmpfs "$WORK/source/below"
  touch "$WORK/source/below/seen"
  # shellcheck disable=SC2064
  trap "umount $WORK/source/below" EXIT
  local dir="{destination: \"/d\", type: \"bind\", source: \"$WORK/source\", options: [\"KIND\"]}"
  is content "$(conform ".mounts += [{destination: \"/etc/one\", type: \"bind\", source: \"$WORK/source/file\", options: [\"bind\",\"ro\"]}]" 'cat /etc/one')"
  is "seen" "$(conform ".mounts += [${dir/KIND/rbind}]" 'ls /d/below')"
  is "" "$(conform ".mounts += [${dir/KIND/bind}]" 'ls /d/below')"
  [[ $RUNTIME != sampan-oci ]] || { mkdir -p "$CONFORM/inside"; touch "$CONFORM/inside/x"; }
  [[ $RUNTIME != sampan-oci ]] || is x "$(conform '.mounts += [{destination: "/d", type: "bind", source: "inside", options: ["bind"]}]' 'ls /d')"
  is "no no" "$(conform ".mounts += [{destination: \"/d\", type: \"bind\", source: \"$WORK/source\", options: [\"rbind\",\"rro\"]}]" \
    'for f in /d/x /d/below/x; do touch $f 2> /dev/null && echo yes || echo no; done' | xargs)"
}

Conformance_ids_of_a_mount_are_mapped() {
  since 1.2 # before, without a user namespace, it was not said what they mean
  mkdir -p "$WORK/ids"
  touch "$WORK/ids/file"
  chown 1000:1001 "$WORK/ids/file"
  local maps='uidMappings: [{containerID: 1000, hostID: 5000, size: 10}], gidMappings: [{containerID: 1000, hostID: 6000, size: 10}]'
  is "5000:6001" "$(conform ".mounts += [{destination: \"/ids\", type: \"bind\", source: \"$WORK/ids\", options: [\"bind\",\"idmap\"], $maps}]" 'stat -c %u:%g /ids/file')"
}

Conformance_propagation_between_host_and_container() {
  mkdir -p "$WORK/prop"
  mount -t tmpfs tmpfs "$WORK/prop"
  mount --make-shared "$WORK/prop"
  mkdir "$WORK/prop/late"
  # shellcheck disable=SC2064
  trap "chosen delete --force held > /dev/null 2>&1; umount -R $WORK/prop" EXIT
  oci_holds ".linux.rootfsPropagation = \"rslave\" | .mounts += [{destination: \"/prop\", type: \"bind\", source: \"$WORK/prop\", options: [\"rbind\",\"rslave\"]}]"
  mount -t tmpfs tmpfs "$WORK/prop/late"
  has "$(chosen exec held grep /prop/late /proc/mounts)" tmpfs
  umount "$WORK/prop/late"
  oci_ends
}

Conformance_the_roots_propagation() {
  local name
  for name in shared slave private unbindable; do
    local line
    line=$(conform ".linux.rootfsPropagation = \"$name\"" "awk '\$5 == \"/\" { print \$7 }' /proc/self/mountinfo")
    case $name in
      shared) has "$line" shared: ;;
      unbindable) is unbindable "$line" ;;
      private) is - "$line" ;;
    esac
  done
}

Conformance_a_read_only_root_and_hidden_paths() {
  is "no empty 0 no" "$(conform '.root.readonly = true | .linux.maskedPaths = ["/proc/uptime", "/etc", "/proc/none"] | .linux.readonlyPaths = ["/proc/sys"]' \
    'touch /x 2> /dev/null && echo yes || echo no; [ -z "$(ls /etc)" ] && echo empty; wc -c < /proc/uptime; echo 1 > /proc/sys/net/ipv4/ip_forward 2> /dev/null && echo yes || echo no' | xargs)"
}

# --- devices ---

Conformance_devices_and_the_default_ones() {
  is "ok" "$(conform . 'for d in null:1,3 zero:1,5 full:1,7 random:1,8 urandom:1,9 tty:5,0; do
      [ "$(stat -c %t,%T /dev/${d%:*})" = "$(printf %x,%x $(echo ${d#*:} | tr , " "))" ] || echo bad $d; done
      [ -c /dev/ptmx ] && [ ! -e /dev/console ] && [ "$(readlink /dev/fd)" = /proc/self/fd ] && [ "$(readlink /dev/stderr)" = /proc/self/fd/2 ] && echo ok')"
  is "crw-r----- 1000 1001 a e5" "$(conform '.linux.devices = [{path: "/dev/my", type: "c", major: 10, minor: 229, fileMode: 416, uid: 1000, gid: 1001}]' \
    'stat -c "%A %u %g %t %T" /dev/my')"
  is "prw-rw-rw-" "$(conform '.linux.devices = [{path: "/dev/pipe", type: "p", fileMode: 438}]' 'stat -c %A /dev/pipe')"
}

Conformance_another_file_in_a_devices_place_is_refused() {
  mkdir -p "$WORK/devs"
  touch "$WORK/devs/fuse"
  conform ".mounts += [{destination: \"/devs\", type: \"bind\", source: \"$WORK/devs\", options: [\"bind\"]}] | .linux.devices = [{path: \"/devs/fuse\", type: \"c\", major: 10, minor: 229}]" \
    true > "$WORK/stdout" 2>&1 && fail "was not refused"
  [ -f "$WORK/devs/fuse" ] && [ ! -s "$WORK/devs/fuse" ]
}

# --- hooks ---

# hook FILE: a program that notes the name it is called by and the state that it gets.
hook() {
  printf '#!/bin/sh\nstate=$(cat)\necho "$1 $(echo "$state" | jq -r .status) $(echo "$state" | jq -r .id | cut -c1-4) $(readlink /proc/self/ns/uts) $FROM" >> %s\n' "$WORK/hooks.log" > "$1"
  chmod 0755 "$1"
}

# all_hooks: a container with a hook of each kind; what they were told is in hooks.log, and what the container sees in `started` and `inside`.
all_hooks() {
  hook "$WORK/hook"
  : > "$WORK/hooks.log"
  chmod 0666 "$WORK/hooks.log"
  local path=".path = \"$WORK/hook\" | .env = [\"PATH=$PATH\", \"FROM=config\"]"
  conform '.annotations = {a: "b"} | .mounts += [{destination: "/log", type: "bind", source: "'"$WORK"'", options: ["rbind"]}]
    | .hooks = ([["prestart", "createRuntime", "createContainer", "poststart", "poststop"][] as $n | {key: $n, value: [({args: ["hook", $n]} | '"$path"')]}] | from_entries)
    | .hooks.startContainer = [{path: "/bin/sh", args: ["sh", "-c", "cat > /log/started; echo startContainer >> /log/hooks.log"], env: ["PATH=/bin"]}]' \
    'readlink /proc/self/ns/uts > /log/inside; echo process >> /log/hooks.log' > /dev/null
}

Conformance_all_hooks_run_in_order_and_place() {
  all_hooks
  local own inside
  own=$(readlink /proc/self/ns/uts)
  inside=$(cat "$WORK/inside")
  is "prestart conf $own config
createRuntime conf $own config
createContainer conf $inside config
startContainer" "$(head -n 4 "$WORK/hooks.log" | awk 'NF > 1 { $2 = ""; $0 = $0; $1 = $1 } 1')"
  has "$(cat "$WORK/hooks.log")" "poststart "
  has "$(tail -n 1 "$WORK/hooks.log")" "poststop "
}

Conformance_hooks_are_told_the_status_and_the_annotations() {
  all_hooks
  is "prestart creating,createRuntime creating,createContainer creating,poststart running,poststop stopped" \
    "$(awk 'NF > 1 { print $1, $2 }' "$WORK/hooks.log" | paste -sd ,)"
  is "b 1" "$(jq -r '"\(.annotations.a) \(.pid)"' "$WORK/started")"
  [[ $(jq -r .status "$WORK/started") == created ]]
}

Conformance_a_failing_hook_fails_the_container() {
  local kind
  for kind in prestart createRuntime createContainer startContainer; do
    conform ".hooks.$kind = [{path: \"/bin/sh\", args: [\"sh\", \"-c\", \"exit 3\"]}]" 'sleep 20' > "$WORK/stdout" 2>&1 && fail "$kind: was not an error"
    is "[]" "$(chosen list --format json | jq -c '. // []')"
  done
}

Conformance_a_failing_poststart_hook_fails_the_container() {
  since 1.3 # before, it was a warning
  conform '.hooks.poststart = [{path: "/bin/sh", args: ["sh", "-c", "exit 3"]}]' 'sleep 20' > "$WORK/stdout" 2>&1 && fail "was not an error"
  is "[]" "$(chosen list --format json | jq -c '. // []')"
}

Conformance_poststop_hooks_go_on_after_one_that_failed() {
  is ran "$(conform '.hooks.poststop = [{path: "/bin/false"}, {path: "/bin/sh", args: ["sh", "-c", "echo second > '"$WORK"'/second"]}]' 'echo ran')"
  is second "$(cat "$WORK/second")"
}

Conformance_a_hook_is_killed_at_its_timeout() {
  local start=$SECONDS
  conform '.hooks.createRuntime = [{path: "/bin/sleep", args: ["sleep", "30"], timeout: 1}]' true > "$WORK/stdout" 2>&1 && fail "was not an error"
  [ $((SECONDS - start)) -lt 15 ] || fail "took $((SECONDS - start)) s"
}

# --- seccomp ---

filtered() { echo ".process.noNewPrivileges = true | .linux.seccomp = {defaultAction: \"SCMP_ACT_ALLOW\", architectures: [\"SCMP_ARCH_X86_64\"], syscalls: [$1]}"; }

Conformance_seccomp_actions() {
  has "$(conform "$(filtered '{names: ["mkdir","mkdirat"], action: "SCMP_ACT_ERRNO", errnoRet: 28}')" 'mkdir /x 2>&1; true')" "No space left"
  is 159 "$(conform "$(filtered '{names: ["mkdir","mkdirat"], action: "SCMP_ACT_KILL_PROCESS"}')" 'mkdir /x 2> /dev/null; echo $?')"
  is 159 "$(conform "$(filtered '{names: ["mkdir","mkdirat"], action: "SCMP_ACT_TRAP"}')" 'mkdir /x 2> /dev/null; echo $?')"
  is 0 "$(conform "$(filtered '{names: ["mkdir","mkdirat"], action: "SCMP_ACT_LOG"}')" 'mkdir /tmp/logged-$$ && rmdir /tmp/logged-$$; echo $?')"
  has "$(conform "$(filtered '{names: ["mkdir","mkdirat"], action: "SCMP_ACT_TRACE", errnoRet: 1}')" 'mkdir /x 2>&1; true')" "not implemented"
}

Conformance_seccomp_compares_arguments() {
  local rule='{names: ["socket"], action: "SCMP_ACT_ERRNO", errnoRet: 13, args: [{index: 0, value: 2, op: "SCMP_CMP_EQ"}, {index: 1, value: 15, valueTwo: 2, op: "SCMP_CMP_MASKED_EQ"}]}'
  has "$(conform "$(filtered "$rule")" 'ifconfig lo 2>&1; true')" "ermission denied"
  has "$(conform "$(filtered "$rule")" 'nc 127.0.0.1 9 < /dev/null 2>&1; true')" "can't connect"
}

Conformance_a_profile_need_not_allow_the_runtimes_own_calls() {
  local denied='"close_range","dup3","faccessat2","openat2","mount","capset","setresuid"'
  is ran "$(conform "$(filtered "{names: [$denied], action: \"SCMP_ACT_KILL_PROCESS\"}")" 'echo ran')"
}

Conformance_a_seccomp_listener_gets_the_descriptor_and_the_state() {
  command -v python3 > /dev/null || skip "python3 is not here"
  python3 - "$WORK/agent.sock" > "$WORK/agent.log" 2>&1 << 'AGENT' &
import array, fcntl, json, os, socket, struct, sys
server = socket.socket(socket.AF_UNIX)
server.bind(sys.argv[1])
server.listen()
client, _ = server.accept()
text, control, _, _ = client.recvmsg(65536, socket.CMSG_SPACE(4))
listener = array.array('i', control[0][2][:4])[0]
state = json.loads(text)
print(state['fds'], state['metadata'], state['state']['id'][:4], os.path.exists('/proc/%d' % state['pid']), flush=True)
request = bytearray(80)
fcntl.ioctl(listener, 0xC0502100, request)            # SECCOMP_IOCTL_NOTIF_RECV
fcntl.ioctl(listener, 0xC0182101, bytearray(struct.pack('QqiI', struct.unpack_from('Q', request)[0], 0, -122, 0)))
AGENT
  local agent=$!
  # shellcheck disable=SC2064
  trap "kill $agent 2> /dev/null || true" EXIT
  eventually test -S "$WORK/agent.sock"
  has "$(conform "$(filtered '{names: ["mkdir"], action: "SCMP_ACT_NOTIFY"}') | .linux.seccomp.listenerPath = \"$WORK/agent.sock\" | .linux.seccomp.listenerMetadata = \"hello\"" \
    'mkdir /x 2>&1; true')" "quota exceeded"
  is "['seccompFd'] hello conf True" "$(cat "$WORK/agent.log")"
}

# --- the rest of linux ---

Conformance_network_devices_move_in_with_their_addresses() {
  since 1.3
  ip link add conf0 type veth peer name conf0p
  ip addr add 198.51.100.7/24 dev conf0
  has "$(conform '.linux.netDevices = {conf0: {name: "inner0"}}' 'ip addr show inner0')" "inet 198.51.100.7/24"
  ip link show conf0 > /dev/null 2>&1 && fail "is still on the host"
  ip link add conf1 type veth peer name conf1p
  ip link set conf1p up
  has "$(conform '.linux.netDevices = {conf1: {name: "net%d"}}' 'ip -o link show net0')" UP
  eventually sh -c '! ip link show conf1p' # its namespace has gone, and the pair with it
}

Conformance_what_is_not_here_is_said_in_one_line() {
  [[ $RUNTIME == sampan-oci ]] || skip "the words are ours"
  local filter
  for filter in '.linux.intelRdt = {closID: "x"}' '.process.selinuxLabel = "a:b:c"' '.linux.mountLabel = "a:b:c"' '.process.apparmorProfile = "none-such"' \
    '.linux.sysctl = {"kernel.panic": "1"}' '.hooks.poststop = [{path: "x"}]' '.linux.seccomp = {defaultAction: "SCMP_ACT_MAYBE"}'; do
    conform "$filter" true > "$WORK/stdout" 2>&1 && fail "was not refused: $filter"
    one_line_error
    is "[]" "$(chosen list --format json)"
  done
}

Conformance_a_container_without_a_process_can_be_created_but_not_started() {
  conform . true
  jq 'del(.process)' "$CONFORM/base.json" > "$CONFORM/config.json"
  chosen create --bundle "$CONFORM" empty < /dev/null > /dev/null
  is created "$(chosen state empty | jq -r .status)"
  exits 1 chosen start empty
  [[ $RUNTIME != sampan-oci ]] || has "$(cat "$WORK/stderr")" "process: is missing"
  chosen delete --force empty
}

Conformance_a_change_of_the_bundle_does_not_concern_a_container() {
  oci_holds '.hooks.poststop = [{path: "/bin/sh", args: ["sh", "-c", "echo stopped > '"$WORK"'/kept"]}]'
  echo '{}' > "$CONFORM/config.json"
  rm -f "$WORK/kept"
  chosen delete --force held
  is stopped "$(cat "$WORK/kept")"
}
