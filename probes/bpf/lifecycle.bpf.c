// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause

/* Tells of processes of the attached group: a process was made, runs another program, or has ended.
 * So who is behind a packet is known with program, arguments and parents, however short it lived.
 *
 *  raw_tp/sched_process_fork   in the parent, before the child runs; threads are left out
 *  raw_tp/sched_process_exec   in the process, when the new program is in place
 *  raw_tp/sched_process_exit   in the last thread of a process, or the one before it: once
 *
 * Raw tracepoints rather than tp_btf: all reads are probes anyway, so nothing is gained by the
 * other, and these are there on every kernel that has a ring buffer. They run for the whole
 * machine: the group of the task is looked at before anything is written. Optional; with nobody who
 * asks for processes (`tells_processes`) they do nothing.
 *
 * Verifier: a ring place has a constant size, so there is one reserve per size class. The record is
 * built in place: no scratch memory that another task on the same CPU could overwrite. What is
 * behind the record in its place is the room that the path's masked offsets need (SLACK_SIZE). */

#include "cgroup_scope.bpf.h"
#include "task.bpf.h"

#include <bpf/bpf_tracing.h>
#include <linux/errno.h>

#define ARGUMENTS_SHORT SLACK_SIZE
#define ARGUMENTS_LONG WIREHOUND_WIRE_ARGUMENTS_SIZE

#define SHORT_PLACE (sizeof(struct wirehound_wire_lifecycle) + ARGUMENTS_SHORT)
#define LONG_PLACE (sizeof(struct wirehound_wire_lifecycle) + ARGUMENTS_LONG)

static __always_inline bool is_told(struct task_struct *task)
{
	__u32 zero = 0;
	struct wirehound_control *shared = bpf_map_lookup_elem(&control, &zero);

	if (!shared || !*(volatile __u32 *)&shared->tells_processes)
		return false;
	if (BPF_CORE_READ(task, flags) & PF_KTHREAD)
		return false;
	return group_in_scope(BPF_CORE_READ(task, cgroups, dfl_cgrp));
}

/* No room. Never a packet, so it is no loss of the account. */
static __always_inline int not_told(void)
{
	count(WIREHOUND_COUNT_PROCESS_NOTICES_LOST);
	return 0;
}

static __always_inline int tell(struct wirehound_wire_lifecycle *record, __u32 size)
{
	bpf_ringbuf_submit(record, wakeup_flags(size));
	count(WIREHOUND_COUNT_PROCESS_NOTICES);
	return 0;
}

static __always_inline void begin(struct wirehound_wire_lifecycle *record, __u8 kind, __u32 size)
{
	__builtin_memset(record, 0, WIREHOUND_WIRE_EXITED_SIZE);
	record->header.version = WIREHOUND_WIRE_VERSION;
	record->header.type = WIREHOUND_WIRE_LIFECYCLE;
	record->header.header_size = size;
	record->header.total_size = size;
	record->timestamp_ns = bpf_ktime_get_boot_ns();
	record->kind = kind;
}

static __always_inline void read_path(struct wirehound_wire_process *record,
				      struct task_struct *task)
{
	enum path_result step = PATH_FAILED;
	struct path_walk walk;

	if (!begin_path(record, &walk, task))
		return;
#pragma clang loop unroll(disable)
	for (int i = 0; i < PATH_NAMES_MAX; i++) {
		step = step_up(record, &walk);
		if (step != PATH_ON)
			break;
	}
	end_path(record, step);
}

/* `task` leads its process. */
static __always_inline void describe(struct wirehound_wire_lifecycle *record, __u8 kind,
				     struct task_struct *task)
{
	begin(record, kind, sizeof(*record));
	read_facts(&record->process, task);
	read_path(&record->process, task);
}

/* Copies `size` bytes, at most `room`, from `start` on behind the record. */
static __always_inline void add_arguments(struct wirehound_wire_lifecycle *record, __u64 start,
					  __u64 size, const __u32 room)
{
	__u32 copied = size > room ? room : size;

	/* Read back from where the compiler cannot follow it, so that the bound is checked on the
	 * very value that is used. */
	asm volatile("" : "+r"(copied));
	if (copied > room)
		return;
	if (bpf_probe_read_user((void *)record + sizeof(*record), copied, (void *)start))
		return;
	record->arguments_size = copied;
	record->header.total_size += copied;
	if (size > room)
		record->flags |= WIREHOUND_WIRE_ARGUMENTS_CUT;
}

SEC("raw_tp/sched_process_fork")
int process_fork(struct bpf_raw_tracepoint_args *context)
{
	struct task_struct *child = (struct task_struct *)context->args[1];
	struct wirehound_wire_lifecycle *record;

	if (BPF_CORE_READ(child, pid) != BPF_CORE_READ(child, tgid) || !is_told(child))
		return 0;
	record = bpf_ringbuf_reserve(&ring, SHORT_PLACE, 0);
	if (!record)
		return not_told();
	describe(record, WIREHOUND_WIRE_FORKED, child);
	return tell(record, SHORT_PLACE);
}

SEC("raw_tp/sched_process_exec")
int process_exec(struct bpf_raw_tracepoint_args *context)
{
	struct task_struct *task = (struct task_struct *)context->args[0];
	struct wirehound_wire_lifecycle *record;
	__u64 start, size;

	if (!is_told(task))
		return 0;
	start = BPF_CORE_READ(task, mm, arg_start);
	size = BPF_CORE_READ(task, mm, arg_end) - start;
	if (size <= ARGUMENTS_SHORT) {
		record = bpf_ringbuf_reserve(&ring, SHORT_PLACE, 0);
		if (!record)
			return not_told();
		describe(record, WIREHOUND_WIRE_EXEC, task);
		add_arguments(record, start, size, ARGUMENTS_SHORT);
		return tell(record, SHORT_PLACE);
	}
	record = bpf_ringbuf_reserve(&ring, LONG_PLACE, 0);
	if (!record)
		return not_told();
	describe(record, WIREHOUND_WIRE_EXEC, task);
	add_arguments(record, start, size, ARGUMENTS_LONG);
	return tell(record, LONG_PLACE);
}

/* The processes whose end was told. The last two threads of one may both be the last as they come
 * by: a thread is counted out some way before the tracepoint. */
struct ended_process {
	__u64 start;
	__u64 pid;
};

struct {
	__uint(type, BPF_MAP_TYPE_LRU_HASH);
	__uint(max_entries, 1024);
	__type(key, struct ended_process);
	__type(value, __u8);
} ended SEC(".maps");

static __always_inline bool was_told(struct task_struct *leader)
{
	struct ended_process process = {
		.start = BPF_CORE_READ(leader, start_boottime),
		.pid = BPF_CORE_READ(leader, pid),
	};
	__u8 yes = 1;

	/* An int, whatever the helper's type says: some kernels call the map's own function. */
	return (int)bpf_map_update_elem(&ended, &process, &yes, BPF_NOEXIST) == -EEXIST;
}

SEC("raw_tp/sched_process_exit")
int process_exit(struct bpf_raw_tracepoint_args *context)
{
	struct task_struct *task = (struct task_struct *)context->args[0];
	struct task_struct *leader = BPF_CORE_READ(task, group_leader);
	struct wirehound_wire_lifecycle *record;

	if (BPF_CORE_READ(task, signal, live.counter) || !is_told(task) || was_told(leader))
		return 0;
	record = bpf_ringbuf_reserve(&ring, WIREHOUND_WIRE_EXITED_SIZE, 0);
	if (!record)
		return not_told();
	begin(record, WIREHOUND_WIRE_EXITED, WIREHOUND_WIRE_EXITED_SIZE);
	read_facts(&record->process, leader);
	return tell(record, WIREHOUND_WIRE_EXITED_SIZE);
}
