/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */

/* Writing the current task down as the owner of a socket, so that no packet ever names an owner
 * the reader has not been told about:
 *
 *  1. The owner id is computed from the task. When the socket already carries it, that is all.
 *  2. Otherwise the PROCESS record is built in `pending` and submitted from there. Only then is the
 *     id written to the socket, so the record is in the ring before any packet that uses the id.
 *  3. When the ring has no room, the record stays in `pending` and the id is written with
 *     OWNER_PENDING set. Whoever uses the id next, the task or a packet in softirq, submits the
 *     record first; a packet for which that fails again is lost, and counted as that.
 *  4. When `pending` is full too, the socket has no owner until it is touched again.
 *
 * Runs in process context only. A task is on one CPU at a time and its thread id is part of the
 * owner id, so nobody else builds the same entry. */

#ifndef WIREHOUND_BPF_OWNER_H_
#define WIREHOUND_BPF_OWNER_H_

#include "task.bpf.h"

/* What a new entry of `pending` starts as; not on the stack, which has 512 bytes. */
const __u8 blank_process[sizeof(struct pending_process)] SEC(".rodata.blank") = {};

/* Makes the owner known; returns its id, with OWNER_PENDING while it is not, or 0. */
static __always_inline __u64 announce(__u64 owner, struct task_struct *task)
{
	struct pending_process *process;

	if (bpf_map_lookup_elem(&announced, &owner))
		return owner;
	if (!bpf_map_lookup_elem(&pending, &owner)) {
		if (bpf_map_update_elem(&pending, &owner, &blank_process, BPF_NOEXIST)) {
			count(WIREHOUND_COUNT_PROCESS_TABLE_FULL);
			return 0;
		}
		process = bpf_map_lookup_elem(&pending, &owner);
		if (!process)
			return 0;
		read_process(&process->record, owner, task);
	}
	return announce_pending(owner) ? owner : owner | OWNER_PENDING;
}

/* Makes `task`, which is current and not a kernel thread, the owner of the socket. */
static __always_inline __u64 own_socket(struct socket_owner *socket, struct task_struct *task,
					const enum task_access access)
{
	__u64 owner = owner_id(task, access);

	if (*(volatile __u64 *)&socket->owner == owner)
		return owner;
	owner = announce(owner, task);
	*(volatile __u64 *)&socket->owner = owner;
	return owner;
}

#endif /* WIREHOUND_BPF_OWNER_H_ */
