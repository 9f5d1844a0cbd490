#!/bin/bash
# The container's network, looked at with ip, nft and ping from both sides.

The_interface_is_eth0_with_an_address_and_a_default_route() {
  local links
  links=$(run ip addr show dev eth0)
  has "$links" "inet "
  has "$links" "UP"
  has "$(run ip route)" "default via"
}

The_classic_subnet_gives_1_to_the_host_and_2_to_the_container() {
  has "$(run --network-subnet=100.100.1.0/24 sh -c 'ip addr show dev eth0; ip route')" "100.100.1.2/24"
  has "$(run --network-subnet=100.100.1.0/24 sh -c 'ip route')" "default via 100.100.1.1"
}

A_host_that_knows_no_container_is_reached_by_masquerade() { run ping -c 1 -W 2 192.0.2.2; }

The_host_itself_is_reached() { run ping -c 1 -W 2 192.0.2.1; }

Without_a_network_there_is_only_lo() { is lo "$(run --network=none ls /sys/class/net | tr '\n' ' ' | xargs)"; }

With_the_hosts_network_the_namespace_is_the_hosts() { is "$(readlink /proc/self/ns/net)" "$(run --network=host readlink /proc/self/ns/net)"; }

Names_are_resolved_by_the_servers_asked_for() { has "$(run --dns=192.0.2.53 cat /etc/resolv.conf)" "nameserver 192.0.2.53"; }

Hosts_are_added() { has "$(run --add-host=far:192.0.2.9 cat /etc/hosts)" "192.0.2.9"; }

A_port_that_was_chosen_is_shown_and_reached() {
  local port
  sampan run -d --name web -p 80 "$IMAGES/busybox-docker-save.tar" sh -c 'echo chosen > /tmp/index.html; httpd -f -p 80 -h /tmp'
  port=$(sampan inspect web | jq -r '.[0].NetworkSettings.Ports["80/tcp"][0].HostPort')
  has "$(sampan ps)" "0.0.0.0:$port->80/tcp"
  eventually busybox wget -qO- "http://127.0.0.1:$port/"
  is chosen "$(busybox wget -qO- "http://127.0.0.1:$port/")"
  sampan rm -f web
}

A_published_port_is_reached_from_everywhere() {
  sampan run -d --name web -p 8080:80 "$IMAGES/busybox-docker-save.tar" sh -c 'echo published > /tmp/index.html; httpd -f -p 80 -h /tmp'
  eventually curl -sf http://192.0.2.1:8080/
  is published "$(ip netns exec outside busybox wget -qO- http://192.0.2.1:8080/)"
  is published "$(busybox wget -qO- http://192.0.2.1:8080/)"
  is published "$(busybox wget -qO- http://127.0.0.1:8080/)"
  is published "$(sampan exec web wget -qO- http://192.0.2.1:8080/)"
  exits 125 sampan run --rm -p 8080:80 "$IMAGES/busybox-docker-save.tar" true
  one_line_error
  sampan rm -f web
}

Two_containers_reach_each_other() {
  sampan run -d --name first "$IMAGES/busybox-docker-save.tar" sleep 100
  local address
  address=$(sampan exec first ip -4 addr show dev eth0 | awk '/inet / { sub(/\/.*/, "", $2); print $2 }')
  run ping -c 1 -W 2 "$address"
  sampan rm -f first
}

A_container_is_reached_over_IPv6_too() {
  needs /proc/sys/net/ipv6
  ip addr add 2001:db8::1/64 dev host0 nodad
  ip -n outside addr add 2001:db8::2/64 dev eth0 nodad
  trap 'ip addr del 2001:db8::1/64 dev host0; ip -n outside addr del 2001:db8::2/64 dev eth0' EXIT
  has "$(run ip -6 route)" "default via"
  run ping -6 -c 1 -W 5 2001:db8::2 # by masquerade: it knows no route back
  sampan run -d --name web -p 8080:80 "$IMAGES/busybox-docker-save.tar" sh -c 'echo published > /tmp/index.html; httpd -f -p 80 -h /tmp'
  eventually ip netns exec outside curl -sf 'http://[2001:db8::1]:8080/'
  is published "$(ip netns exec outside curl -sf 'http://[2001:db8::1]:8080/')"
  sampan rm -f web
}
