/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */

/* The maps and settings that all objects share, and functions for the counters and the ring. The
 * first object that is loaded creates the maps, the loader gives them to all others by name.
 *
 * Counters are per CPU and still incremented atomically: a softirq may interrupt a sending task
 * between load and store of the same counter, and the account must be exact to the last packet. */

#ifndef WIREHOUND_BPF_MAPS_H_
#define WIREHOUND_BPF_MAPS_H_

#include <linux/bpf.h>
#include <stdbool.h>

#include <bpf/bpf_helpers.h>

#include "probes/bpf/settings.h"
#include "probes/bpf/wire.h"

struct dentry;
struct vfsmount;

#define SLACK_SIZE 256

/* The lowest two bits of an owner id are clear. In a socket's owner word they are marks: */
#define OWNER_PENDING 1ull /* the PROCESS record has not been submitted yet */
#define OWNER_OUTSIDE 2ull /* the owner is not in the scope of the capture */
#define OWNER_MARKS 3ull

/* The present place of the walk from an executable up to the root directory. */
struct path_walk {
	struct dentry *dentry;
	struct vfsmount *mount;
};

/* A PROCESS record that is being built or waits for room in the ring. The slack behind it is never
 * used: with it the verifier sees that a name of up to SLACK_SIZE bytes which begins anywhere in
 * the path stays inside the value. */
struct pending_process {
	struct wirehound_wire_process record;
	char slack[SLACK_SIZE];
	struct path_walk walk;
};

struct counters {
	__u64 values[WIREHOUND_COUNTERS];
};

struct {
	__uint(type, BPF_MAP_TYPE_RINGBUF);
	__uint(max_entries, 8 << 20);
} ring SEC(".maps");

/* BPF_F_CLONE: a socket that is accepted begins with the value of its listener. */
struct {
	__uint(type, BPF_MAP_TYPE_SK_STORAGE);
	__uint(map_flags, BPF_F_NO_PREALLOC | BPF_F_CLONE);
	__type(key, int);
	__type(value, struct wirehound_socket_owner);
} socket_owners SEC(".maps");

/* The owner ids whose PROCESS record was submitted. If the map forgets one, its record is only sent
 * again. */
struct {
	__uint(type, BPF_MAP_TYPE_LRU_HASH);
	__uint(max_entries, 16384);
	__type(key, __u64);
	__type(value, __u8);
} announced SEC(".maps");

/* The PROCESS records that are not submitted yet, by owner id. No LRU map, since a socket may carry
 * an owner only while its record is here or was submitted. Not preallocated: a preallocated entry
 * could be reused while another CPU still reads it. */
struct {
	__uint(type, BPF_MAP_TYPE_HASH);
	__uint(map_flags, BPF_F_NO_PREALLOC);
	__uint(max_entries, 1024);
	__type(key, __u64);
	__type(value, struct pending_process);
} pending SEC(".maps");

/* Owner words that kprobes leave for the packet programs, by the address of the socket; see
 * mail.bpf.h. */
struct {
	__uint(type, BPF_MAP_TYPE_HASH);
	__uint(map_flags, BPF_F_NO_PREALLOC);
	__uint(max_entries, 65536);
	__type(key, __u64);
	__type(value, __u64);
} mail SEC(".maps");

struct {
	__uint(type, BPF_MAP_TYPE_PERCPU_ARRAY);
	__uint(max_entries, 1);
	__type(key, __u32);
	__type(value, struct counters);
} counter_values SEC(".maps");

struct {
	__uint(type, BPF_MAP_TYPE_ARRAY);
	__uint(map_flags, BPF_F_MMAPABLE);
	__uint(max_entries, 1);
	__type(key, __u32);
	__type(value, struct wirehound_control);
} control SEC(".maps");

const volatile struct wirehound_settings settings = {};

char LICENSE[] SEC("license") = "Dual BSD/GPL";

/* Counts one packet, or one event of another kind. A loss is counted by its reason first and then
 * in the sum of all CPUs: a reader that has read the sum finds at least as many in the reasons
 * (LossTracker::Explain). */
static __always_inline void count(enum wirehound_counter which)
{
	__u32 zero = 0;
	struct counters *counters = bpf_map_lookup_elem(&counter_values, &zero);
	struct wirehound_control *shared;

	if (counters)
		__sync_fetch_and_add(&counters->values[which], 1);
	if (which < WIREHOUND_COUNT_FIRST_LOST || which > WIREHOUND_COUNT_LAST_LOST)
		return;
	shared = bpf_map_lookup_elem(&control, &zero);
	if (shared)
		__sync_fetch_and_add(&shared->lost, 1);
}

/* Packets lost so far. Records are read in the order of their reservation, so call this after it:
 * then it includes every earlier loss of the same CPU. */
static __always_inline __u64 lost_so_far(void)
{
	__u32 zero = 0;
	struct wirehound_control *shared = bpf_map_lookup_elem(&control, &zero);

	return shared ? *(volatile __u64 *)&shared->lost : 0;
}

/* The flags for submitting a record of `size` bytes. By default the kernel wakes a reader that has
 * read everything else. At a steady rate that is for every packet and costs more than the packet
 * itself. While the reader polls, only the record that crosses the threshold wakes it. */
static __always_inline __u64 wakeup_flags(__u32 size)
{
	__u32 zero = 0;
	struct wirehound_control *shared = bpf_map_lookup_elem(&control, &zero);
	__u64 waiting;

	if (!shared || !*(volatile __u32 *)&shared->reader_polls)
		return 0;
	waiting = bpf_ringbuf_query(&ring, BPF_RB_AVAIL_DATA);
	if (waiting >= settings.wakeup_bytes && waiting - size < settings.wakeup_bytes)
		return BPF_RB_FORCE_WAKEUP;
	return BPF_RB_NO_WAKEUP;
}

/* Submits the PROCESS record of an owner, if it is pending. True when it was submitted now or
 * before: an entry is deleted only after that. False when the ring has no room. */
static __always_inline bool announce_pending(__u64 owner)
{
	struct pending_process *process = bpf_map_lookup_elem(&pending, &owner);
	__u8 yes = 1;

	if (!process)
		return true;
	if (bpf_ringbuf_output(&ring, &process->record, sizeof(process->record),
			       wakeup_flags(sizeof(process->record)))) {
		count(WIREHOUND_COUNT_PROCESS_RETRIES);
		return false;
	}
	count(WIREHOUND_COUNT_PROCESS_RECORDS);
	bpf_map_update_elem(&announced, &owner, &yes, BPF_ANY);
	bpf_map_delete_elem(&pending, &owner);
	return true;
}

#endif /* WIREHOUND_BPF_MAPS_H_ */
