/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */

/* For programs that run for the whole machine: makes the current task the owner of a socket, if the
 * socket is in the watched group. Sockets of other groups get no storage. The verifier must trust
 * the pointer to the socket: it is an argument of the program or a member of one. */

#ifndef WIREHOUND_BPF_TRACED_SOCKET_H_
#define WIREHOUND_BPF_TRACED_SOCKET_H_

#include "cgroup_scope.bpf.h"
#include "owner.bpf.h"

#define AF_INET 2
#define AF_INET6 10

static __always_inline bool is_kernel_thread(struct task_struct *task,
					     const enum task_access access)
{
	return task_flags(task, access) & PF_KTHREAD;
}

/* The control group of a socket. Before 5.15 the pointer shares a word with tags of version 1. */
static __always_inline struct cgroup *group_of(struct sock *sk)
{
	struct sock_cgroup_data___word *word = (void *)&sk->sk_cgrp_data;

	if (bpf_core_field_exists(sk->sk_cgrp_data.cgroup))
		return BPF_CORE_READ(sk, sk_cgrp_data.cgroup);
	return (struct cgroup *)(BPF_CORE_READ(word, val) & ~3ull);
}

/* Whether the socket is in the watched group or one below it. */
static __always_inline bool is_watched(struct sock *sk)
{
	return is_watched_group(group_of(sk));
}

static __always_inline bool is_internet(struct sock *sk)
{
	__u16 family = sk->__sk_common.skc_family;

	return family == AF_INET || family == AF_INET6;
}

/* Makes the current task the owner of the socket. */
static __always_inline void touch_traced(struct sock *sk)
{
	struct task_struct *task = current_task(TASK_DIRECT);
	struct wirehound_socket_owner *socket;

	if (!is_internet(sk))
		return;
	if (is_kernel_thread(task, TASK_DIRECT))
		return;
	/* Only sockets of the watched group have storage, so one that has it needs no other
	 * check. */
	socket = bpf_sk_storage_get(&socket_owners, sk, NULL, 0);
	if (!socket && is_watched(sk))
		socket = bpf_sk_storage_get(&socket_owners, sk, NULL, BPF_SK_STORAGE_GET_F_CREATE);
	if (!socket)
		return;
	if (!socket->netns_cookie)
		socket->netns_cookie = sk->__sk_common.skc_net.net->net_cookie;
	own_socket(socket, task, TASK_DIRECT);
}

#endif /* WIREHOUND_BPF_TRACED_SOCKET_H_ */
