/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */

/* Makes the current task the owner of a socket. The rule behind all of this: the PROCESS record of
 * an owner is in the ring before any packet that names the owner.
 *
 *  1. The owner id is computed from the task. When the socket already carries it, that is all.
 *  2. Otherwise the PROCESS record is built in `pending` and submitted from there. The id is
 *     written to the socket only after that.
 *  3. When the ring has no room, the record stays in `pending` and the id is written with the
 *     mark OWNER_PENDING. The next program that uses the id, for the task or for a packet in
 *     softirq, submits the record first. If that fails again, the packet is lost and counted as
 *     lost.
 *  4. When `pending` is full too, the socket has no owner until a process uses it again.
 *
 * Runs in process context only. A task runs on one CPU at a time and its thread id is part of the
 * owner id, so no two programs build the same entry. */

#ifndef WIREHOUND_BPF_OWNER_H_
#define WIREHOUND_BPF_OWNER_H_

#include "announce.bpf.h"
#include "scope.bpf.h"
#include "task.bpf.h"

/* One step of the path of an owner that is being announced. noinline, and with a number as the only
 * argument, so that the verifier checks it once instead of once for each name of a path. */
__attribute__((noinline)) int path_step(__u64 owner)
{
	struct pending_process *process = bpf_map_lookup_elem(&pending, &owner);

	return process ? step_up(&process->record, &process->walk) : PATH_FAILED;
}

static __always_inline void read_path(struct pending_process *process, __u64 owner,
				      struct task_struct *task)
{
	int step = PATH_FAILED;

	if (!begin_path(&process->record, &process->walk, task))
		return;
#pragma clang loop unroll(disable)
	for (int i = 0; i < PATH_NAMES_MAX; i++) {
		step = path_step(owner);
		if (step != PATH_ON)
			break;
	}
	end_path(&process->record, step);
}

static __always_inline void read_process(struct pending_process *process, __u64 owner,
					 struct task_struct *task)
{
	struct wirehound_wire_process *record = &process->record;

	record->header.version = WIREHOUND_WIRE_VERSION;
	record->header.type = WIREHOUND_WIRE_PROCESS;
	record->header.header_size = sizeof(*record);
	record->header.total_size = sizeof(*record);
	record->owner_id = owner;
	read_facts(record, task);
	read_path(process, owner, task);
}

/* Submits the PROCESS record of an owner unless that was done. Returns the owner id, with
 * OWNER_PENDING when the ring has no room, or 0 when `pending` has none. */
static __always_inline __u64 announce(__u64 owner, struct task_struct *task)
{
	struct pending_process *process;

	if (bpf_map_lookup_elem(&announced, &owner))
		return owner;
	if (!bpf_map_lookup_elem(&pending, &owner)) {
		process = new_pending(owner);
		if (!process)
			return 0;
		read_process(process, owner, task);
	}
	return announce_pending(owner) ? owner : owner | OWNER_PENDING;
}

/* As announce, with OWNER_OUTSIDE when the owner is out of scope: the owner word of a socket. */
static __always_inline __u64 announce_judged(__u64 owner, struct task_struct *task)
{
	owner = announce(owner, task);
	return owner && is_outside(task) ? owner | OWNER_OUTSIDE : owner;
}

/* Makes `task`, which is current and not a kernel thread, the owner of the socket. Returns its
 * owner id, perhaps with marks; 0 when there was no room.
 *
 * volatile: each access is one load or store of the whole word, which packets on other CPUs read.
 * An owner out of scope is not announced again, one that is pending is. */
static __always_inline __u64 own_socket(struct wirehound_socket_owner *socket,
					struct task_struct *task, const enum task_access access)
{
	__u64 owner = owner_id(task, access);

	if ((*(volatile __u64 *)&socket->owner & ~OWNER_OUTSIDE) != owner) {
		owner = announce_judged(owner, task);
		*(volatile __u64 *)&socket->owner = owner;
	}
	if (*(volatile __u64 *)&socket->how)
		*(volatile __u64 *)&socket->how = 0;
	return owner;
}

#endif /* WIREHOUND_BPF_OWNER_H_ */
