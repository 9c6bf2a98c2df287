// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause

/* Gives sockets that are older than the engine an owner. An iterator: the loader runs it once,
 * after the other hooks are attached, over the open files of all tasks. A socket of the watched
 * group without storage gets the process that holds it as its owner, with WIREHOUND_OWNER_SCAN as
 * the source. Of several holders that is the first in the order of their ids, such as the parent of
 * a forked server. A process that uses the socket meanwhile takes precedence.
 *
 * The task is not `current`, so another CPU may be building its PROCESS record at this moment.
 * Therefore the owner id here differs from the task's own (FOUND): no two programs build the same
 * entry.
 *
 * Kernels: 5.11 (socket storage in iterators, bpf_sock_from_file), with BTF. */

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
	if (!sk || !is_internet(sk) || !is_watched(sk) ||
	    bpf_sk_storage_get(&socket_owners, sk, NULL, 0))
		return 0;
	found.owner = announce_judged(owner_id(task, TASK_DIRECT) ^ FOUND, task);
	found.netns_cookie = BPF_CORE_READ(sk, __sk_common.skc_net.net, net_cookie);
	bpf_sk_storage_get(&socket_owners, sk, &found, BPF_SK_STORAGE_GET_F_CREATE);
	return 0;
}
