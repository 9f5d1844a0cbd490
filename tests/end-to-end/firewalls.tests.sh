#!/bin/bash
# Other programs' firewalls on the same host, by these programs themselves, in the tests' own network namespace.

serve_published() {
  sampan run -d --name web -p 8080:80 "$IMAGES/busybox-docker-save.tar" sh -c 'echo published > /tmp/index.html; httpd -f -p 80 -h /tmp' > /dev/null
}

# lets_pass: the published port is reached from outside, and outside from the container.
lets_pass() {
  eventually ip netns exec outside curl -sf -m 1 http://192.0.2.1:8080/
  sampan exec web ping -c 1 -W 2 192.0.2.2 > /dev/null
}

# with_firewalld: firewalld with a message bus of its own, until the test ends. Its process ids are not local: a trap runs after all functions.
with_firewalld() {
  needs firewalld firewall-cmd dbus-daemon
  daemons=()
  mkdir -p /run/dbus
  mount -t tmpfs tmpfs /run/dbus
  trap end_firewalld EXIT
  dbus-daemon --system --nopidfile --nofork > /dev/null 2>&1 &
  daemons=($!)
  eventually test -S /run/dbus/system_bus_socket
  firewalld --nofork --nopid > "$WORK/firewalld" 2>&1 &
  daemons=($! "${daemons[@]}")
  eventually firewall-cmd --state
}

# firewalld first: it takes its rules away by itself.
end_firewalld() {
  local daemon
  for daemon in "${daemons[@]}"; do { kill "$daemon" && wait "$daemon"; } 2> /dev/null || true; done
  nft delete table inet firewalld 2> /dev/null || true
  umount /run/dbus
}

Beside_firewalld_containers_are_reached_and_reach_out() {
  with_firewalld
  serve_published
  lets_pass
  # without our two rules it would reject: the test can fail
  has "$(nft list chain inet firewalld filter_FORWARD)" 'iifname "sampan0"'
  firewall-cmd --reload > /dev/null
  ! nft list chain inet firewalld filter_FORWARD | grep -q sampan0 || fail "a reload keeps foreign rules now: this test is out of date"
  ! sampan exec web ping -c 1 -W 1 192.0.2.2 > /dev/null 2>&1 || fail "firewalld did not reject"
  has "$(sampan info)" "firewalld may reject"
  sampan ps > /dev/null
  lets_pass
  ! sampan info | grep -q warning || fail "$(sampan info)"
  sampan rm -f web > /dev/null
  eventually sh -c '! nft list chain inet firewalld filter_FORWARD | grep -q sampan0'
}

Beside_rules_as_ufw_sets_them_containers_are_reached_and_reach_out() {
  trap 'for t in iptables-nft ip6tables-nft; do $t -P FORWARD ACCEPT; $t -F; $t -X; done; nft delete table ip filter; nft delete table ip6 filter' EXIT
  local tool
  # what `ufw enable` makes of its before.rules, in short: policy drop, and what is not accepted goes through its own chains
  for tool in iptables-nft ip6tables-nft; do
    $tool -N ufw-before-forward
    $tool -A ufw-before-forward -m conntrack --ctstate RELATED,ESTABLISHED -j ACCEPT
    $tool -A FORWARD -j ufw-before-forward
    $tool -P FORWARD DROP
  done
  serve_published
  lets_pass
  sampan rm -f web > /dev/null
}

A_chain_that_drops_for_everybody_is_named_by_info() {
  trap 'nft delete table inet mine' EXIT
  nft 'table inet mine { chain wall { type filter hook forward priority 0; policy drop; }; }'
  has "$(sampan info)" "nft insert rule inet mine wall iifname sampan0 accept"
}
