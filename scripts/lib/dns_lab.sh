# shellcheck shell=bash
# SPDX-License-Identifier: Apache-2.0

# A place to make real DNS traffic without the internet: a network namespace of its own with its
# loopback up, and in it a DNS server (knotd) that answers for uol.com.br. Sourced by scripts/demo
# and by the live tests. Needs root.
#
#   dns_lab_start            makes it; fails with a reason. Sets DNS_LAB_DIR, a scratch directory.
#   dns_lab_run COMMAND ...  runs a command in the namespace; the server listens on 127.0.0.1
#   dns_lab_stop             removes all of it; call it from an EXIT trap
#
# The namespace has no name: it is the server's, and it goes when the server does. So nothing can
# stay behind, even if the script is killed (the server gets a SIGKILL with its parent). Commands
# join the network namespace only: `ip netns exec` would also mount a fresh /sys, which hides the
# cgroup file systems below it from the engine.

DNS_LAB_DIR=
dns_lab_server_pid=

# The longest wait for the server's first answer, in tenths of a second.
readonly DNS_LAB_PATIENCE=600

dns_lab_start() {
  local tool
  for tool in knotd nslookup ip unshare nsenter setpriv; do
    if ! command -v "$tool" >/dev/null; then
      printf 'dns lab: %s is not installed (scripts/setup installs it)\n' "$tool" >&2
      return 1
    fi
  done
  DNS_LAB_DIR=$(mktemp -d "${TMPDIR:-/tmp}/wirehound-lab.XXXXXX") || return 1
  dns_lab_write_zone >"$DNS_LAB_DIR/uol.com.br.zone"
  dns_lab_write_server_configuration >"$DNS_LAB_DIR/knot.conf"

  # shellcheck disable=SC2016 # $1 is for the inner shell
  setpriv --pdeathsig KILL unshare --net sh -c 'ip link set lo up && exec knotd -c "$1"' \
    dns-lab "$DNS_LAB_DIR/knot.conf" >"$DNS_LAB_DIR/server.log" 2>&1 &
  dns_lab_server_pid=$!
  dns_lab_wait || {
    printf 'dns lab: the DNS server did not come up; its log:\n' >&2
    sed 's/^/  /' "$DNS_LAB_DIR/server.log" >&2
    dns_lab_stop
    return 1
  }
}

dns_lab_run() {
  nsenter --net="/proc/$dns_lab_server_pid/ns/net" "$@"
}

dns_lab_stop() {
  if [ -n "$dns_lab_server_pid" ]; then
    kill "$dns_lab_server_pid" 2>/dev/null || true
    wait "$dns_lab_server_pid" 2>/dev/null || true
    dns_lab_server_pid=
  fi
  if [ -n "$DNS_LAB_DIR" ]; then
    rm -rf -- "$DNS_LAB_DIR"
    DNS_LAB_DIR=
  fi
  return 0
}

dns_lab_wait() {
  local try
  for ((try = 0; try < DNS_LAB_PATIENCE; ++try)); do
    kill -0 "$dns_lab_server_pid" 2>/dev/null || return 1
    # Until the child has left our own namespace, a server of this host might answer instead.
    if [ "$(readlink "/proc/$dns_lab_server_pid/ns/net")" != "$(readlink /proc/self/ns/net)" ] &&
      dns_lab_run nslookup -timeout=1 -retry=0 -type=soa uol.com.br 127.0.0.1 >/dev/null 2>&1; then
      return 0
    fi
    sleep 0.1
  done
  return 1
}

dns_lab_write_zone() {
  cat <<'EOF'
$ORIGIN uol.com.br.
$TTL 300
@       IN SOA  eliot root 2026010101 7200 3600 432000 900
@       IN NS   eliot
@       IN NS   borges
@       IN MX   10 mx
@       IN TXT  "v=spf1 include:spf.uol.com.br ~all"
@       IN A    200.147.3.157
eliot   IN A    200.221.11.98
borges  IN A    200.147.255.105
mx      IN A    200.147.41.231
spf     IN TXT  "v=spf1 ip4:200.147.0.0/16 ~all"
EOF
}

dns_lab_write_server_configuration() {
  cat <<EOF
server:
    rundir: "$DNS_LAB_DIR"
    listen: 127.0.0.1@53
    udp-workers: 1
    tcp-workers: 1
    background-workers: 1
database:
    storage: "$DNS_LAB_DIR"
log:
  - target: stderr
    any: info
template:
  - id: default
    storage: "$DNS_LAB_DIR"
    journal-content: none
    zonefile-load: whole
zone:
  - domain: uol.com.br
    file: uol.com.br.zone
EOF
}
