// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause

/* Where a process touches a socket, it is written down as the socket's owner. Each program is
 * optional and loaded on its own.
 *
 *  cgroup/sock_create          socket(); sees the socket first. Not accept(): an accepted socket
 *                              inherits its listener's owner (BPF_F_CLONE) until it is used.
 *  cgroup/connect4, 6          connect(), before the first packet
 *  cgroup/post_bind4, 6        bind(), explicit or by sending
 *  cgroup/sendmsg4, 6          UDP sends that name a destination, before the packet
 *  cgroup/recvmsg4, 6          UDP receives that ask for the source
 *  tp_btf/sock_send_length     every send, after it; needs 6.3
 *  tp_btf/sock_recv_length     every receive: what makes a forked server's child the owner; 6.3
 *
 * The cgroup hooks run for sockets of the attached group only. The tracepoints run for the whole
 * machine and check the socket's group first. All always allow. Kernels: 5.10 with BTF and later.
 *
 * Verifier: cgroup programs before 5.16 have no bpf_get_current_task_btf, so they read the task by
 * probing; tracing programs read it directly. */

#include "owner.bpf.h"

#include <bpf/bpf_tracing.h>

#define ALLOW 1
#define GROUP_DEPTH_MAX 32

#define AF_INET 2
#define AF_INET6 10

static __always_inline bool is_kernel_thread(struct task_struct *task,
					     const enum task_access access)
{
	return task_flags(task, access) & PF_KTHREAD;
}

static __always_inline void touch(struct socket_owner *socket, __u64 netns_cookie)
{
	struct task_struct *task = current_task(TASK_PROBED);

	if (!socket || is_kernel_thread(task, TASK_PROBED))
		return;
	socket->netns_cookie = netns_cookie;
	own_socket(socket, task, TASK_PROBED);
}

static __always_inline int touch_sock(struct bpf_sock *context)
{
	touch(bpf_sk_storage_get(&socket_owners, context, NULL, BPF_SK_STORAGE_GET_F_CREATE),
	      bpf_get_netns_cookie(context));
	return ALLOW;
}

static __always_inline int touch_address(struct bpf_sock_addr *context)
{
	struct bpf_sock *sk = context->sk;

	if (sk)
		touch(bpf_sk_storage_get(&socket_owners, sk, NULL, BPF_SK_STORAGE_GET_F_CREATE),
		      bpf_get_netns_cookie(context));
	return ALLOW;
}

SEC("cgroup/sock_create")
int sock_create(struct bpf_sock *context)
{
	return touch_sock(context);
}

SEC("cgroup/post_bind4")
int post_bind4(struct bpf_sock *context)
{
	return touch_sock(context);
}

SEC("cgroup/post_bind6")
int post_bind6(struct bpf_sock *context)
{
	return touch_sock(context);
}

SEC("cgroup/connect4")
int connect4(struct bpf_sock_addr *context)
{
	return touch_address(context);
}

SEC("cgroup/connect6")
int connect6(struct bpf_sock_addr *context)
{
	return touch_address(context);
}

SEC("cgroup/sendmsg4")
int sendmsg4(struct bpf_sock_addr *context)
{
	return touch_address(context);
}

SEC("cgroup/sendmsg6")
int sendmsg6(struct bpf_sock_addr *context)
{
	return touch_address(context);
}

SEC("cgroup/recvmsg4")
int recvmsg4(struct bpf_sock_addr *context)
{
	return touch_address(context);
}

SEC("cgroup/recvmsg6")
int recvmsg6(struct bpf_sock_addr *context)
{
	return touch_address(context);
}

/* Before 5.15 the group shares a word with the tags of version 1. */
static __always_inline struct cgroup *group_of(struct sock *sk)
{
	struct sock_cgroup_data___word *word = (void *)&sk->sk_cgrp_data;

	if (bpf_core_field_exists(sk->sk_cgrp_data.cgroup))
		return BPF_CORE_READ(sk, sk_cgrp_data.cgroup);
	return (struct cgroup *)(BPF_CORE_READ(word, val) & ~3ull);
}

/* The id of the group `level` steps below the root on the way to `group`; level <= its own. */
static __always_inline __u64 ancestor_id(struct cgroup *group, __u32 level)
{
	struct cgroup___ids *old = (void *)group;
	struct cgroup *ancestor = NULL;
	__u64 id = 0;

	if (bpf_core_field_exists(old->ancestor_ids)) {
		bpf_core_read(&id, sizeof(id),
			      (void *)old + bpf_core_field_offset(old->ancestor_ids) + level * 8);
		return id;
	}
	bpf_core_read(&ancestor, sizeof(ancestor),
		      (void *)group + bpf_core_field_offset(group->ancestors) + level * 8);
	return BPF_CORE_READ(ancestor, kn, id);
}

/* Whether the socket is in the attached group or below. The group's depth is not known to user
 * space, which may see only a part of the hierarchy; the first socket inside it tells. */
static __always_inline bool in_scope(struct sock *sk)
{
	__u32 zero = 0;
	struct wirehound_control *shared = bpf_map_lookup_elem(&control, &zero);
	struct cgroup *group = group_of(sk);
	__u32 level = BPF_CORE_READ(group, level);

	if (!shared)
		return false;
	if (shared->scope_level) {
		if (level < shared->scope_level - 1)
			return false;
		return ancestor_id(group, shared->scope_level - 1) == settings.cgroup_id;
	}
#pragma clang loop unroll(disable)
	for (__u32 i = 0; i < GROUP_DEPTH_MAX && i <= level; i++) {
		if (ancestor_id(group, i) == settings.cgroup_id) {
			shared->scope_level = i + 1;
			return true;
		}
	}
	return false;
}

static __always_inline void touch_traced(struct sock *sk)
{
	struct task_struct *task = current_task(TASK_DIRECT);
	struct socket_owner *socket;

	if (sk->__sk_common.skc_family != AF_INET && sk->__sk_common.skc_family != AF_INET6)
		return;
	if (is_kernel_thread(task, TASK_DIRECT))
		return;
	/* Only sockets in scope ever get storage, so one that has it need not be asked again. */
	socket = bpf_sk_storage_get(&socket_owners, sk, NULL, 0);
	if (!socket && in_scope(sk))
		socket = bpf_sk_storage_get(&socket_owners, sk, NULL, BPF_SK_STORAGE_GET_F_CREATE);
	if (!socket)
		return;
	if (!socket->netns_cookie)
		socket->netns_cookie = sk->__sk_common.skc_net.net->net_cookie;
	own_socket(socket, task, TASK_DIRECT);
}

SEC("tp_btf/sock_send_length")
int BPF_PROG(sock_send_length, struct sock *sk, int result, int flags)
{
	touch_traced(sk);
	return 0;
}

SEC("tp_btf/sock_recv_length")
int BPF_PROG(sock_recv_length, struct sock *sk, int result, int flags)
{
	touch_traced(sk);
	return 0;
}
