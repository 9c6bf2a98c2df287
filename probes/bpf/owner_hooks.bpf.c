// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause

/* These programs make a process the owner of a socket when it uses the socket. Each program is
 * optional.
 *
 *  cgroup/sock_create          socket(), the first use of all. Not accept(): an accepted socket
 *                              inherits its listener's owner (BPF_F_CLONE) until it is used.
 *  cgroup/connect4, 6          connect(), before the first packet
 *  cgroup/post_bind4, 6        bind(), explicit or by sending
 *  cgroup/sendmsg4, 6          a UDP send with a destination, before the packet
 *  cgroup/recvmsg4, 6          a UDP receive that asks for the source
 *  cgroup/getpeername4, 6      getpeername(), and accept() that asks for the peer's address,
 *                              before it returns: the accepting process becomes the owner
 *  tp_btf/sock_send_length     every send, after it; since 6.3
 *  tp_btf/sock_recv_length     every receive, after it; since 6.3. Makes the child of a forked
 *                              server the owner.
 *
 * The kernel runs the cgroup hooks for sockets of the watched group only, and they allow
 * everything. The tracepoints run for the whole machine and check the socket's group before they
 * write anything. Kernels: 5.10 and later, with BTF.
 *
 * Verifier: cgroup programs have bpf_get_current_task_btf only since 5.16, so they read the task by
 * probing. Tracing programs read it directly. */

#include "traced_socket.bpf.h"

#include <bpf/bpf_tracing.h>

#define ALLOW 1

/* Makes the current task the owner of the socket whose storage this is. */
static __always_inline void touch(struct wirehound_socket_owner *socket, __u64 netns_cookie)
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

SEC("cgroup/getpeername4")
int getpeername4(struct bpf_sock_addr *context)
{
	return touch_address(context);
}

SEC("cgroup/getpeername6")
int getpeername6(struct bpf_sock_addr *context)
{
	return touch_address(context);
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
