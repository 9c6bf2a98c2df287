/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */

/* For program types that may not touch socket storage: they leave the owner in the map `mail`, under
 * the address of the socket, and the next packet of the socket takes it from there.
 *
 * A packet program may not ask for a socket's address, but with CAP_PERFMON it may write the pointer
 * into memory, where it is a number when read back. The memory is the socket's own storage, so
 * whoever writes there at the same time writes the same. */

#ifndef WIREHOUND_BPF_MAIL_H_
#define WIREHOUND_BPF_MAIL_H_

#include "maps.bpf.h"

static __always_inline bool has_mail(void)
{
	__u32 zero = 0;
	struct wirehound_control *shared = bpf_map_lookup_elem(&control, &zero);

	return shared && *(volatile __u32 *)&shared->has_mail;
}

static __always_inline __u64 address_in(struct wirehound_socket_owner *socket, void *sk)
{
	*(volatile __u64 *)&socket->address = (__u64)sk;
	return *(volatile __u64 *)&socket->address;
}

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
