// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause

/* These programs make a process the owner of a socket before the kernel does what it asks for. Each
 * program is optional. They run for the whole machine and check the socket's group before they
 * write anything.
 *
 *  fentry/security_socket_sendmsg  every send, before its packets: by system call, io_uring, splice
 *  fentry/security_socket_recvmsg  every receive, before the data it waits for
 *  fexit/inet_accept               the accepting process becomes the owner before accept() returns.
 *                                  Packets that arrived earlier belong to the listener.
 *
 * Why the security functions: the kernel's developers have inlined and renamed the functions around
 * them over the years. These are in every kernel with CONFIG_SECURITY_NETWORK, with any security
 * modules.
 *
 * Kernels: 5.11 (socket storage in tracing programs), with BTF and fentry. Verifier: the later
 * arguments of inet_accept differ between kernels, the first two do not. Only these are used. */

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
