// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause

/* The packet hooks that load on every kernel: cgroup_skb ingress and egress.
 *
 * Why these hooks: they run for each packet at the socket of the process, whatever the interface,
 * after reassembly for received packets and before fragmentation for sent ones, and they know the
 * socket. They do not see forwarded packets or packets without a socket. Every packet passes. The
 * owner is the one in the socket's storage: the process that used the socket last
 * (owner_hooks.bpf.c).
 *
 * Kernels: 5.10 and later, without BTF. exact.bpf.c has the better form for newer ones. */

#include "mail.bpf.h"
#include "socket_of.bpf.h"
#include "wanted.bpf.h"

#define PASS 1

/* Taking mail needs CAP_PERFMON, so each program exists in a form without it. */
enum mail_use { NO_MAIL, TAKE_MAIL };

static __always_inline void read_owner(struct __sk_buff *skb, struct owner *owner,
				       const __u8 direction, const enum mail_use use)
{
	struct bpf_sock *sk = full_socket(skb);
	struct wirehound_socket_owner *socket;

	if (!sk) {
		count(WIREHOUND_COUNT_NO_FULL_SOCKET);
		return;
	}
	socket = bpf_sk_storage_get(&socket_owners, sk, NULL, 0);
	if (socket && use == TAKE_MAIL)
		take_mail(socket, sk);
	if (socket)
		owner_from_socket(owner, socket);
	else if (direction == WIREHOUND_DIRECTION_EGRESS && answers_for_others(sk))
		owner_from_tuple(skb, owner);
	if (!owner->id)
		count(WIREHOUND_COUNT_NO_OWNER);
}

static __always_inline void capture(struct __sk_buff *skb, const __u8 direction,
				    const enum mail_use use)
{
	struct owner owner = {.syscall = -1};
	enum wirehound_counter verdict;
	__u32 bytes = 0;

	count(WIREHOUND_COUNT_SEEN);
	if (direction == WIREHOUND_DIRECTION_INGRESS)
		mark_listener(skb);
	verdict = wanted_bytes(skb, direction, &bytes);
	if (verdict == WIREHOUND_COUNT_SUBMITTED) {
		read_owner(skb, &owner, direction, use);
		verdict = submit_owned(skb, &owner, direction, bytes);
	}
	count(verdict);
}

SEC("cgroup_skb/ingress")
int ingress(struct __sk_buff *skb)
{
	capture(skb, WIREHOUND_DIRECTION_INGRESS, NO_MAIL);
	return PASS;
}

SEC("cgroup_skb/egress")
int egress(struct __sk_buff *skb)
{
	capture(skb, WIREHOUND_DIRECTION_EGRESS, NO_MAIL);
	return PASS;
}

SEC("cgroup_skb/ingress")
int mail_ingress(struct __sk_buff *skb)
{
	capture(skb, WIREHOUND_DIRECTION_INGRESS, TAKE_MAIL);
	return PASS;
}

SEC("cgroup_skb/egress")
int mail_egress(struct __sk_buff *skb)
{
	capture(skb, WIREHOUND_DIRECTION_EGRESS, TAKE_MAIL);
	return PASS;
}
