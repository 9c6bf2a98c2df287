/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */

/* Decides whether a process is in the scope of the capture (CaptureScope). Called when a socket
 * gets another owner. The answer is a mark in the socket's owner word, so a packet tests one bit.
 *
 * The lists are settings, which the verifier knows when it checks the programs: it removes the code
 * for lists that are empty. Needs the kernel's BTF. */

#ifndef WIREHOUND_BPF_SCOPE_H_
#define WIREHOUND_BPF_SCOPE_H_

#include "kernel_types.h"
#include "maps.bpf.h"

#include <bpf/bpf_core_read.h>
#include <stdbool.h>

#define SCOPE_GROUP_DEPTH_MAX 32

static __always_inline bool lists_uid(__u32 uid)
{
#pragma clang loop unroll(disable)
	for (__u32 i = 0; i < WIREHOUND_SCOPE_VALUES && i < settings.scope.uids; i++) {
		if (uid >= settings.scope.first_uid[i] && uid <= settings.scope.last_uid[i])
			return true;
	}
	return false;
}

/* `comm` is padded with NUL. */
static __always_inline bool lists_comm(const __u64 *comm)
{
#pragma clang loop unroll(disable)
	for (__u32 i = 0; i < WIREHOUND_SCOPE_VALUES && i < settings.scope.comms; i++) {
		if (comm[0] == settings.scope.comm[i][0] && comm[1] == settings.scope.comm[i][1])
			return true;
	}
	return false;
}

static __always_inline bool lists_cgroup(__u64 id)
{
#pragma clang loop unroll(disable)
	for (__u32 i = 0; i < WIREHOUND_SCOPE_VALUES && i < settings.scope.cgroups; i++) {
		if (id == settings.scope.cgroup[i])
			return true;
	}
	return false;
}

/* Whether the scope lists the task's control group or one above it. */
static __always_inline bool lists_group_above(struct task_struct *task)
{
	struct cgroup *group = BPF_CORE_READ(task, cgroups, dfl_cgrp);

#pragma clang loop unroll(disable)
	for (int i = 0; i < SCOPE_GROUP_DEPTH_MAX && group; i++) {
		if (lists_cgroup(BPF_CORE_READ(group, kn, id)))
			return true;
		group = BPF_CORE_READ(group, self.parent, cgroup);
	}
	return false;
}

/* Whether the scope excludes the task. A list that is not empty excludes it when the task is not in
 * the list or, with EXCLUDES, when it is. */
static __always_inline bool is_outside(struct task_struct *task)
{
	__u32 excludes = settings.scope.excludes;
	__u64 comm[2] = {};

	if (settings.scope.uids && lists_uid(BPF_CORE_READ(task, cred, uid.val)) ==
					   !!(excludes & WIREHOUND_SCOPE_EXCLUDES_UIDS))
		return true;
	if (settings.scope.comms) {
		/* Not a plain copy: behind the NUL the task may have the rest of an earlier
		 * name. */
		bpf_probe_read_kernel_str(comm, sizeof(comm), &task->comm);
		if (lists_comm(comm) == !!(excludes & WIREHOUND_SCOPE_EXCLUDES_COMMS))
			return true;
	}
	return settings.scope.cgroups &&
	       lists_group_above(task) == !!(excludes & WIREHOUND_SCOPE_EXCLUDES_CGROUPS);
}

#endif /* WIREHOUND_BPF_SCOPE_H_ */
