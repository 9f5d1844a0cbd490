#!/bin/bash
# Each step of a start, looked at from the host with tools that know nothing of Sampan.

# steady [flags...]: a container named `steady` that runs until it is removed.
steady() {
  sampan run -d --name steady "$@" "$IMAGES/busybox-docker-save.tar" sleep 100 > /dev/null
  pid=$(pid_of steady)
}

The_root_is_an_overlay_of_the_layers_that_no_path_of_the_host_leads_to() {
  local pid
  steady
  is overlay "$(findmnt --task "$pid" -no FSTYPE /)"
  has "$(findmnt --task "$pid" -no OPTIONS /)" lowerdir
  ! findmnt -rno SOURCE,TARGET | grep -q "$(readlink -f "$SAMPAN_DATA")" || fail "the host sees a mount"
  is "second layer" "$(cat "/proc/$pid/root/etc/layer")"
  sampan rm -f steady
}

The_file_systems_of_the_kernel_are_mounted_and_the_old_root_is_gone() {
  local pid target
  steady
  for target in proc:/proc tmpfs:/dev devpts:/dev/pts tmpfs:/dev/shm mqueue:/dev/mqueue sysfs:/sys; do
    is "${target%%:*}" "$(findmnt --task "$pid" -no FSTYPE "${target#*:}")"
  done
  is 1 "$(findmnt --task "$pid" -rno TARGET / | wc -l)"
  is / "$(findmnt --task "$pid" -rno TARGET | head -n 1)"
  ! findmnt --task "$pid" -rno TARGET | grep -q -e '^/home' -e '^/tmp' -e old || fail "$(findmnt --task "$pid" -rno TARGET)"
  sampan rm -f steady
}

The_command_is_pid_1_of_namespaces_of_its_own() {
  local pid kind
  steady
  is 1 "$(awk '/^NSpid:/ { print $NF }' "/proc/$pid/status")"
  for kind in mnt uts ipc pid net cgroup; do
    [ "$(readlink "/proc/$pid/ns/$kind")" != "$(readlink "/proc/self/ns/$kind")" ] || fail "$kind namespace is the host's"
  done
  is "$(sampan ps -q)" "$(nsenter --target "$pid" --uts hostname)"
  sampan rm -f steady
}

The_network_is_a_veth_pair_to_a_bridge_with_addresses_and_a_default_route() {
  local pid address gateway link
  steady
  link=$(nsenter --target "$pid" --net ip -d -j link show eth0)
  is veth "$(jq -r '.[0].linkinfo.info_kind' <<< "$link")"
  is UP "$(jq -r '.[0].operstate' <<< "$link")"
  has "$(nsenter --target "$pid" --net ip -j link show lo | jq -r '.[0].flags | join(" ")')" UP
  address=$(nsenter --target "$pid" --net ip -j -4 addr show eth0 | jq -r '.[0].addr_info[0].local')
  gateway=$(nsenter --target "$pid" --net ip -j route show default | jq -r '.[0].gateway')
  is "$address" "$(sampan inspect steady | jq -r '.[0].NetworkSettings.IPAddress')"
  has "$(ip -j -4 addr show sampan0)" "\"$gateway\""
  is 1 "$(ip -j link show master sampan0 type veth | jq length)"
  is 1 "$(cat /proc/sys/net/ipv4/ip_forward)"
  has "$(nft list table inet sampan0)" masquerade
  has "$(nft list table inet sampan0)" 'iifname "sampan0" accept'
  sampan rm -f steady
}

Names_are_files_of_the_container() {
  local pid
  steady --hostname=boat
  is boat "$(cat "/proc/$pid/root/etc/hostname")"
  has "$(cat "/proc/$pid/root/etc/hosts")" boat
  has "$(cat "/proc/$pid/root/etc/resolv.conf")" nameserver
  sampan rm -f steady
}

Processes_of_the_container_are_in_its_cgroup() {
  local pid
  steady
  has "$(cat "/proc/$pid/cgroup")" "$(sampan inspect steady | jq -r '.[0].Id')"
  sampan rm -f steady
}
