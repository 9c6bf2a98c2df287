// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause

/* The packet hooks, in the form that loads everywhere: cgroup_skb ingress and egress.
 *
 * Why these: they see each packet at the socket of the process, on every interface, after
 * reassembly on the way in and before fragmentation on the way out, and know that socket. They
 * cannot see forwarded packets, and none that has no full socket. Always let the packet pass.
 * The owner is what the socket carries: the process that touched it last (owner_hooks.bpf.c).
 *
 * Kernels: 5.10 and later. No BTF of the kernel is needed. exact.bpf.c has the better egress. */

#include "packet.bpf.h"

#define PASS 1

static __always_inline void read_owner(struct __sk_buff *skb, struct owner *owner)
{
	struct bpf_sock *sk = skb->sk;
	struct socket_owner *socket;

	if (sk)
		sk = bpf_sk_fullsock(sk);
	if (!sk) {
		count(WIREHOUND_COUNT_NO_FULL_SOCKET);
		return;
	}
	socket = bpf_sk_storage_get(&socket_owners, sk, NULL, 0);
	if (socket)
		owner_from_socket(owner, socket);
	if (!owner->id)
		count(WIREHOUND_COUNT_NO_OWNER);
}

static __always_inline void capture(struct __sk_buff *skb, __u8 direction)
{
	struct owner owner = {.syscall = -1};
	__u32 bytes;

	count(WIREHOUND_COUNT_SEEN);
	bytes = wanted_bytes(skb);
	if (!bytes) {
		count(WIREHOUND_COUNT_FILTERED);
		return;
	}
	read_owner(skb, &owner);
	count(owner.lost ? WIREHOUND_COUNT_LOST_PROCESS_RECORD
			 : submit_packet(skb, &owner, direction, bytes));
}

SEC("cgroup_skb/ingress")
int ingress(struct __sk_buff *skb)
{
	capture(skb, WIREHOUND_DIRECTION_INGRESS);
	return PASS;
}

SEC("cgroup_skb/egress")
int egress(struct __sk_buff *skb)
{
	capture(skb, WIREHOUND_DIRECTION_EGRESS);
	return PASS;
}
