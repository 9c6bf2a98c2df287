#!/bin/busybox sh
# shellcheck shell=dash
# SPDX-License-Identifier: Apache-2.0

# The first process of a booted test kernel (scripts/kernels). It makes what programs expect of a
# Linux system, runs /command, and turns the machine off. The first serial line carries output, the
# second one nothing but the exit status: what a program prints can never be taken for it.

/bin/busybox --install -s /bin
ln -s /bin/env /usr/bin/env
# The shell of busybox runs its own tools whatever the PATH says.
[ ! -x /usr/bin/dash ] || ln -sf /usr/bin/dash /bin/sh
export PATH=/wirehound/bin:/usr/sbin:/usr/bin:/sbin:/bin HOME=/root TMPDIR=/tmp TERM=dumb

mount -t devtmpfs dev /dev
exec </dev/null >/dev/ttyS0 2>&1
stty -F /dev/ttyS0 -onlcr
mkdir -p /dev/pts /dev/shm
chmod 1777 /tmp
mount -t devpts devpts /dev/pts
mount -t tmpfs tmpfs /dev/shm
mount -t proc proc /proc
mount -t sysfs sysfs /sys
mount -t cgroup2 cgroup2 /sys/fs/cgroup
mount -t bpf bpf /sys/fs/bpf
mount -t tracefs tracefs /sys/kernel/tracing 2>/dev/null
mount -t tmpfs tmpfs /run
for module in /modules/*.ko; do
  [ ! -e "$module" ] || insmod "$module"
done
hostname guest
ip link set lo up

# No process runs in the root control group, as on a system with systemd.
mkdir /sys/fs/cgroup/tests
echo $$ >/sys/fs/cgroup/tests/cgroup.procs

printf 'guest: Linux %s, up after %s s\n' "$(uname -r)" "$(cut -d ' ' -f 1 /proc/uptime)"
cd /tmp || exit
/bin/sh /command
status=$?
printf 'guest: exit status %d after %s s\n' "$status" "$(cut -d ' ' -f 1 /proc/uptime)"
echo "$status" >/dev/ttyS1
sync
poweroff -f
