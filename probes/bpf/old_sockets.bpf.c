// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause

/* Sockets that are older than the engine: run once, after the hooks are at work, over the open files
 * of all tasks. A socket in scope that nobody has touched since gets the process that holds it as
 * its owner, marked as found and not seen. Of several holders it is the first, in the order of their
 * ids: the parent of a forked server. A process that touches the socket meanwhile wins.
 *
 * The task is not `current` and may be announcing itself on another CPU. So the owner id used here
 * is another one than the task's own, and no two programs build the same record.
 *
 * Kernels: 5.11 (socket storage in iterators, bpf_sock_from_file), BTF. */

#include "traced_socket.bpf.h"

#include <bpf/bpf_tracing.h>
#include <wirehound/abi/detector_abi.h>

#define FOUND 0x5ca000000000ull

SEC("iter/task_file")
int old_sockets(struct bpf_iter__task_file *context)
{
	struct wirehound_socket_owner found = {.how = WIREHOUND_OWNER_SCAN};
	struct task_struct *task = context->task;
	struct file *file = context->file;
	struct socket *socket;
	struct sock *sk;

	if (!task || !file)
		return 0;
	socket = bpf_sock_from_file(file);
	if (!socket)
		return 0;
	sk = socket->sk;
	if (!sk || !is_internet(sk) || !in_scope(sk) ||
	    bpf_sk_storage_get(&socket_owners, sk, NULL, 0))
		return 0;
	found.owner = announce_judged(owner_id(task, TASK_DIRECT) ^ FOUND, task);
	found.netns_cookie = BPF_CORE_READ(sk, __sk_common.skc_net.net, net_cookie);
	bpf_sk_storage_get(&socket_owners, sk, &found, BPF_SK_STORAGE_GET_F_CREATE);
	return 0;
}
