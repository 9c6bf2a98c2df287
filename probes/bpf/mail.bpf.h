/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */

/* Mail: how a kprobe hands the owner of a socket to the packet programs. Kprobes may not use socket
 * storage, so they leave the owner word in the map `mail` under the address of the socket. The next
 * packet of the socket moves it into the storage.
 *
 * For the look-up the packet program needs the address of its socket as a number, and the verifier
 * lets it see none. But with CAP_PERFMON it may store the pointer in memory and load it back: what
 * is loaded is a number. The memory is the socket's own storage, so programs on other CPUs that do
 * the same at the same time store the same value. */

#ifndef WIREHOUND_BPF_MAIL_H_
#define WIREHOUND_BPF_MAIL_H_

#include "maps.bpf.h"

static __always_inline bool has_mail(void)
{
	__u32 zero = 0;
	struct wirehound_control *shared = bpf_map_lookup_elem(&control, &zero);

	return shared && *(volatile __u32 *)&shared->has_mail;
}

/* The address of the socket as a number. `socket` is its storage. */
static __always_inline __u64 address_in(struct wirehound_socket_owner *socket, void *sk)
{
	*(volatile __u64 *)&socket->address = (__u64)sk;
	return *(volatile __u64 *)&socket->address;
}

/* Moves the owner from the map into the storage, if there is one. The socket was used, so it is not
 * one that is merely inherited from a listener or found at the start. */
static __always_inline void take_mail(struct wirehound_socket_owner *socket, struct bpf_sock *sk)
{
	__u64 address, *owner;

	if (!has_mail())
		return;
	address = address_in(socket, sk);
	owner = bpf_map_lookup_elem(&mail, &address);
	if (!owner)
		return;
	*(volatile __u64 *)&socket->owner = *owner;
	*(volatile __u64 *)&socket->how = 0;
	bpf_map_delete_elem(&mail, &address);
}

#endif /* WIREHOUND_BPF_MAIL_H_ */
