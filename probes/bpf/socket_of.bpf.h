/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */

/* Finds the socket that has the owner of a packet, in cgroup_skb programs. Usually that is the
 * packet's own socket. Two cases differ:
 *
 *  - A connection that is being established has no full socket yet. Its SYN, the SYN-ACK and the
 *    ACK that completes it are seen at the listener. A packet that reaches a listener marks its
 *    storage here. The kernel clones the storage for the new connection, so the mark stays there
 *    until the connection is accepted.
 *  - When no connection is left (after close, or at a closed port) the stack answers by itself,
 *    through a socket of the kernel. Then the connection is looked up by its addresses, else the
 *    listener on the port.
 *
 * Needs no BTF of the kernel. Kernels: 5.10. */

#ifndef WIREHOUND_BPF_SOCKET_OF_H_
#define WIREHOUND_BPF_SOCKET_OF_H_

#include "packet.bpf.h"

#define SOCK_RAW 3

/* The full socket of a packet: its own, or the listener of a connection that is being established.
 * NULL without one, such as in TIME_WAIT. */
static __always_inline struct bpf_sock *full_socket(struct __sk_buff *skb)
{
	struct bpf_sock *sk = skb->sk, *full;

	if (!sk)
		return NULL;
	full = bpf_sk_fullsock(sk);
	return full ? full : bpf_get_listener_sock(sk);
}

/* Marks the storage of a listener. Call it for every packet, wanted or not: connections inherit the
 * mark. */
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

/* Whether this socket is that of the kernel's TCP, which sends the answers for connections without
 * a socket. A raw socket of a process looks the same, but has an owner. */
static __always_inline bool answers_for_others(const struct bpf_sock *sk)
{
	return sk->type == SOCK_RAW && sk->protocol == IPPROTO_TCP;
}

/* The addresses and ports of a sent TCP packet, swapped: those of a packet that arrives at the same
 * connection. Returns the size of the tuple, 0 for other packets. */
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

/* The connection of a tuple, else the listener on its port. A connection in TIME_WAIT hides the
 * listener from the first look-up. Nothing connects from port 0, so the second look-up, from that
 * port, can only find the listener. */
static __always_inline struct bpf_sock *find_socket(struct __sk_buff *skb,
						    struct bpf_sock_tuple *tuple, const __u32 size)
{
	struct bpf_sock *sk = bpf_sk_lookup_tcp(skb, tuple, size, (__u64)BPF_F_CURRENT_NETNS, 0);

	if (sk)
		return sk;
	if (size == sizeof(tuple->ipv4))
		tuple->ipv4.sport = 0;
	else
		tuple->ipv6.sport = 0;
	return bpf_sk_lookup_tcp(skb, tuple, size, (__u64)BPF_F_CURRENT_NETNS, 0);
}

/* The owner of an answer that the kernel's TCP sends: that of the connection, else of the
 * listener. */
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
