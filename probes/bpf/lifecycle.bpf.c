// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause

/* Submits LIFECYCLE records about processes of the watched group: one began, runs another program,
 * or ended. With them the engine knows program, arguments and parents of a process, however short
 * its life.
 *
 *  raw_tp/sched_process_fork   in the parent, before the child runs; threads are left out
 *  raw_tp/sched_process_exec   in the process, when the new program is in place
 *  raw_tp/sched_process_exit   in the last thread of a process or the last but one, once
 *
 * Why raw tracepoints and not tp_btf: all reads are probes anyway, so tp_btf would gain nothing,
 * and every kernel with a ring buffer has raw ones. They run for the whole machine and check the
 * task's group before they write anything. Optional. While `sends_lifecycle` is 0 they do nothing.
 *
 * Verifier: the size of a reservation in the ring must be a constant, so there is one per size
 * class. The record is built in place: another task on the same CPU could overwrite any scratch
 * memory. Every place has SLACK_SIZE bytes behind the record, which the masked offsets of the path
 * need. */

#include "cgroup_scope.bpf.h"
#include "task.bpf.h"

#include <bpf/bpf_tracing.h>
#include <linux/errno.h>

#define ARGUMENTS_SHORT SLACK_SIZE
#define ARGUMENTS_LONG WIREHOUND_WIRE_ARGUMENTS_SIZE

#define SHORT_PLACE (sizeof(struct wirehound_wire_lifecycle) + ARGUMENTS_SHORT)
#define LONG_PLACE (sizeof(struct wirehound_wire_lifecycle) + ARGUMENTS_LONG)

/* Whether the task gets records: they are switched on, and it is a process of the watched group. */
static __always_inline bool gets_records(struct task_struct *task)
{
	__u32 zero = 0;
	struct wirehound_control *shared = bpf_map_lookup_elem(&control, &zero);

	if (!shared || !*(volatile __u32 *)&shared->sends_lifecycle)
		return false;
	if (BPF_CORE_READ(task, flags) & PF_KTHREAD)
		return false;
	return is_watched_group(BPF_CORE_READ(task, cgroups, dfl_cgrp));
}

/* Counts a record for which the ring has no room. It is no packet, so the account of packets leaves
 * it out. */
static __always_inline int count_lost(void)
{
	count(WIREHOUND_COUNT_PROCESS_NOTICES_LOST);
	return 0;
}

/* Submits and counts a record. `size` is that of its place, not of the record. */
static __always_inline int submit(struct wirehound_wire_lifecycle *record, __u32 size)
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

/* Fills a record with facts and path. `task` is the leader of its process. */
static __always_inline void describe(struct wirehound_wire_lifecycle *record, __u8 kind,
				     struct task_struct *task)
{
	begin(record, kind, sizeof(*record));
	read_facts(&record->process, task);
	read_path(&record->process, task);
}

/* Copies the arguments, `size` bytes from `start` on but at most `room`, behind the record. */
static __always_inline void add_arguments(struct wirehound_wire_lifecycle *record, __u64 start,
					  __u64 size, const __u32 room)
{
	__u32 copied = size > room ? room : size;

	/* The compiler knows that the bound holds and would drop the check below, which the
	 * verifier needs. The asm hides the value from the compiler. */
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

	if (BPF_CORE_READ(child, pid) != BPF_CORE_READ(child, tgid) || !gets_records(child))
		return 0;
	record = bpf_ringbuf_reserve(&ring, SHORT_PLACE, 0);
	if (!record)
		return count_lost();
	describe(record, WIREHOUND_WIRE_FORKED, child);
	return submit(record, SHORT_PLACE);
}

SEC("raw_tp/sched_process_exec")
int process_exec(struct bpf_raw_tracepoint_args *context)
{
	struct task_struct *task = (struct task_struct *)context->args[0];
	struct wirehound_wire_lifecycle *record;
	__u64 start, size;

	if (!gets_records(task))
		return 0;
	start = BPF_CORE_READ(task, mm, arg_start);
	size = BPF_CORE_READ(task, mm, arg_end) - start;
	if (size <= ARGUMENTS_SHORT) {
		record = bpf_ringbuf_reserve(&ring, SHORT_PLACE, 0);
		if (!record)
			return count_lost();
		describe(record, WIREHOUND_WIRE_EXEC, task);
		add_arguments(record, start, size, ARGUMENTS_SHORT);
		return submit(record, SHORT_PLACE);
	}
	record = bpf_ringbuf_reserve(&ring, LONG_PLACE, 0);
	if (!record)
		return count_lost();
	describe(record, WIREHOUND_WIRE_EXEC, task);
	add_arguments(record, start, size, ARGUMENTS_LONG);
	return submit(record, LONG_PLACE);
}

/* The processes whose end was submitted. The kernel decrements the count of live threads some time
 * before the tracepoint, so the last two threads of a process may both see 0. */
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

/* Whether the end of the process was submitted before. The first call for a process notes it and
 * returns false, also when two threads call at the same time: only one can insert the entry. */
static __always_inline bool has_ended(struct task_struct *leader)
{
	struct ended_process process = {
		.start = BPF_CORE_READ(leader, start_boottime),
		.pid = BPF_CORE_READ(leader, pid),
	};
	__u8 yes = 1;

	/* The helper's result is declared long, but some kernels call the map's own function, which
	 * returns an int. */
	return (int)bpf_map_update_elem(&ended, &process, &yes, BPF_NOEXIST) == -EEXIST;
}

SEC("raw_tp/sched_process_exit")
int process_exit(struct bpf_raw_tracepoint_args *context)
{
	struct task_struct *task = (struct task_struct *)context->args[0];
	struct task_struct *leader = BPF_CORE_READ(task, group_leader);
	struct wirehound_wire_lifecycle *record;

	if (BPF_CORE_READ(task, signal, live.counter) || !gets_records(task) || has_ended(leader))
		return 0;
	record = bpf_ringbuf_reserve(&ring, WIREHOUND_WIRE_EXITED_SIZE, 0);
	if (!record)
		return count_lost();
	begin(record, WIREHOUND_WIRE_EXITED, WIREHOUND_WIRE_EXITED_SIZE);
	read_facts(&record->process, leader);
	return submit(record, WIREHOUND_WIRE_EXITED_SIZE);
}
