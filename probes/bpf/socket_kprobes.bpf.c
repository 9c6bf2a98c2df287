// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause

/* Kprobes on the functions of socket_calls.bpf.c, for kernels where fentry is refused or tracing
 * programs may not use socket storage (before 5.11). They leave the owner of the socket as mail
 * (mail.bpf.h).
 *
 *  kprobe/security_socket_sendmsg  every send, before its packets
 *  kprobe/security_socket_recvmsg  every receive, before the data it waits for
 *  kprobe/security_sock_graft      accept(), while the connection gets its file
 *  cgroup/sock_release             a closed socket: deletes its mail, since the kernel may give its
 *                                  address to a new socket
 *
 * The kprobes run for the whole machine and check the socket's group before they write anything.
 * Kernels: 5.10 and later, with BTF and kprobes. */

#include "mail.bpf.h"
#include "traced_socket.bpf.h"

#define ALLOW 1

#if defined(__TARGET_ARCH_x86)

struct pt_regs {
	unsigned long di;
} __attribute__((preserve_access_index));

static __always_inline void *first_argument(struct pt_regs *context)
{
	return (void *)context->di;
}

#else

struct pt_regs {
	__u64 regs[1];
};

static __always_inline void *first_argument(struct pt_regs *context)
{
	return (void *)context->regs[0];
}

#endif

/* Leaves the current task in the map `mail` as the owner of the socket. The flag `has_mail` is set
 * after the entry: without kprobes in use it stays 0 and spares packet programs the look-up. */
static __always_inline int post(struct sock *sk)
{
	__u16 family = BPF_CORE_READ(sk, __sk_common.skc_family);
	struct task_struct *task = current_task(TASK_PROBED);
	__u64 address = (__u64)sk, owner;
	struct wirehound_control *shared;
	__u32 zero = 0;

	if (family != AF_INET && family != AF_INET6)
		return 0;
	if (is_kernel_thread(task, TASK_PROBED) || !is_watched(sk))
		return 0;
	owner = announce_judged(owner_id(task, TASK_PROBED), task);
	shared = bpf_map_lookup_elem(&control, &zero);
	if (!owner || !shared)
		return 0;
	if (!bpf_map_update_elem(&mail, &address, &owner, BPF_ANY))
		*(volatile __u32 *)&shared->has_mail = 1;
	return 0;
}

static __always_inline int post_socket(struct socket *socket)
{
	return post(BPF_CORE_READ(socket, sk));
}

SEC("kprobe/security_socket_sendmsg")
int send_posted(struct pt_regs *context)
{
	return post_socket(first_argument(context));
}

SEC("kprobe/security_socket_recvmsg")
int receive_posted(struct pt_regs *context)
{
	return post_socket(first_argument(context));
}

SEC("kprobe/security_sock_graft")
int accept_posted(struct pt_regs *context)
{
	return post(first_argument(context));
}

SEC("cgroup/sock_release")
int sock_release(struct bpf_sock *context)
{
	struct wirehound_socket_owner *socket = bpf_sk_storage_get(&socket_owners, context, NULL, 0);
	__u64 address;

	if (!socket || !has_mail())
		return ALLOW;
	address = address_in(socket, context);
	bpf_map_delete_elem(&mail, &address);
	return ALLOW;
}
