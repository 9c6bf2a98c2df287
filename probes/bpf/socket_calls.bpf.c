// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause

/* The process that uses a socket, before the kernel does what it asks for. Each program is optional
 * and loaded on its own; they run for the whole machine and check the socket's group first.
 *
 *  fentry/security_socket_sendmsg  every send, before its packets: by system call, io_uring, splice
 *  fentry/security_socket_recvmsg  every receive, before what it waits for has come
 *  fexit/inet_accept               the accepting process owns the accepted socket before it can
 *                                  know of it. What has arrived before is the listener's.
 *
 * Why the security calls: the functions around them have been inlined and renamed over the years,
 * these are in every kernel with CONFIG_SECURITY_NETWORK, whatever security modules are there.
 *
 * Kernels: 5.11 (socket storage in tracing programs), BTF, fentry allowed. Verifier: the first two
 * arguments of inet_accept are the same in all kernels, the later ones not: they are not used. */

#include "traced_socket.bpf.h"

#include <bpf/bpf_tracing.h>

static __always_inline int touch_socket(struct socket *socket)
{
	struct sock *sk = socket->sk;

	if (sk)
		touch_traced(sk);
	return 0;
}

SEC("fentry/security_socket_sendmsg")
int BPF_PROG(send_begins, struct socket *socket)
{
	return touch_socket(socket);
}

SEC("fentry/security_socket_recvmsg")
int BPF_PROG(receive_begins, struct socket *socket)
{
	return touch_socket(socket);
}

SEC("fexit/inet_accept")
int BPF_PROG(accepted, struct socket *listener, struct socket *socket)
{
	return touch_socket(socket);
}
