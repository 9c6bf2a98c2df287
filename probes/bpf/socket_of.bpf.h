/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */

/* From a packet to the socket that knows whose it is, in cgroup_skb programs.
 *
 *  - A connection that is being made has no socket of its own yet: its SYN, the answers and the
 *    packet that completes it are seen at the socket that listens. That one is marked here when a
 *    packet reaches it, so that the sockets cloned from it carry the mark until they are accepted.
 *  - What the stack answers by itself when no connection is left (after close, or to a closed port)
 *    leaves through a socket of the kernel. The connection is looked up by its addresses, then
 *    whoever listens on the port.
 *
 * Nothing here needs BTF of the kernel. Kernels: 5.10. */

#ifndef WIREHOUND_BPF_SOCKET_OF_H_
#define WIREHOUND_BPF_SOCKET_OF_H_

#include "packet.bpf.h"

#define SOCK_RAW 3

static __always_inline struct bpf_sock *full_socket(struct __sk_buff *skb)
{
	struct bpf_sock *sk = skb->sk, *full;

	if (!sk)
		return NULL;
	full = bpf_sk_fullsock(sk);
	return full ? full : bpf_get_listener_sock(sk);
}

/* Before the packet is weighed: the mark is needed even if this packet is not. */
static __always_inline void mark_listener(struct __sk_buff *skb)
{
	struct bpf_sock *sk = skb->sk;
	struct wirehound_socket_owner *socket;

	if (!sk || sk->state != BPF_TCP_LISTEN)
		return;
	sk = bpf_sk_fullsock(sk);
	if (!sk)
		return;
	socket = bpf_sk_storage_get(&socket_owners, sk, NULL, 0);
	if (socket && *(volatile __u64 *)&socket->how != WIREHOUND_OWNER_LISTENER)
		*(volatile __u64 *)&socket->how = WIREHOUND_OWNER_LISTENER;
}

/* Whether a packet that leaves by this socket is an answer the TCP of the kernel made for a
 * connection that has no socket. A raw socket of a process looks the same, but has an owner. */
static __always_inline bool answers_for_others(const struct bpf_sock *sk)
{
	return sk->type == SOCK_RAW && sk->protocol == IPPROTO_TCP;
}

/* The addresses of a TCP packet that leaves, as one that arrives would have them; 0 for others. */
static __always_inline __u32 read_tuple(struct __sk_buff *skb, struct bpf_sock_tuple *tuple)
{
	struct packet packet = {};
	__be16 ports[2];

	if (!read_network(skb, &packet) || packet.classes & PORTS_HIDDEN ||
	    packet.protocol != IPPROTO_TCP ||
	    bpf_skb_load_bytes(skb, packet.transport, ports, sizeof(ports)))
		return 0;
	if (packet.classes & WIREHOUND_CLASS_IPV4) {
		tuple->ipv4.sport = ports[1];
		tuple->ipv4.dport = ports[0];
		if (bpf_skb_load_bytes(skb, offsetof(struct iphdr, saddr), &tuple->ipv4.daddr, 4) ||
		    bpf_skb_load_bytes(skb, offsetof(struct iphdr, daddr), &tuple->ipv4.saddr, 4))
			return 0;
		return sizeof(tuple->ipv4);
	}
	tuple->ipv6.sport = ports[1];
	tuple->ipv6.dport = ports[0];
	if (bpf_skb_load_bytes(skb, offsetof(struct ipv6hdr, saddr), &tuple->ipv6.daddr, 16) ||
	    bpf_skb_load_bytes(skb, offsetof(struct ipv6hdr, daddr), &tuple->ipv6.saddr, 16))
		return 0;
	return sizeof(tuple->ipv6);
}

/* A connection in its last wait hides the listener from a lookup, but not from one that comes from
 * port 0, which nobody connects from. */
static __always_inline struct bpf_sock *find_socket(struct __sk_buff *skb,
						    struct bpf_sock_tuple *tuple,
						    const __u32 size)
{
	struct bpf_sock *sk =
		bpf_sk_lookup_tcp(skb, tuple, size, (__u64)BPF_F_CURRENT_NETNS, 0);

	if (sk)
		return sk;
	if (size == sizeof(tuple->ipv4))
		tuple->ipv4.sport = 0;
	else
		tuple->ipv6.sport = 0;
	return bpf_sk_lookup_tcp(skb, tuple, size, (__u64)BPF_F_CURRENT_NETNS, 0);
}

static __always_inline void owner_from_tuple(struct __sk_buff *skb, struct owner *owner)
{
	struct bpf_sock_tuple tuple = {};
	struct wirehound_socket_owner *socket;
	struct bpf_sock *sk;
	__u32 size = read_tuple(skb, &tuple);

	if (size == sizeof(tuple.ipv4))
		sk = find_socket(skb, &tuple, sizeof(tuple.ipv4));
	else if (size == sizeof(tuple.ipv6))
		sk = find_socket(skb, &tuple, sizeof(tuple.ipv6));
	else
		return;
	if (!sk)
		return;
	socket = bpf_sk_storage_get(&socket_owners, sk, NULL, 0);
	if (socket)
		owner_from_socket(owner, socket);
	if (owner->id && sk->state == BPF_TCP_LISTEN)
		owner->source = WIREHOUND_OWNER_LISTENER;
	bpf_sk_release(sk);
}

#endif /* WIREHOUND_BPF_SOCKET_OF_H_ */
