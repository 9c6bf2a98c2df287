/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */

/* A place for the PROCESS record of an owner that is being announced; see owner.bpf.h for the
 * rules. Nothing here needs BTF of the kernel. */

#ifndef WIREHOUND_BPF_ANNOUNCE_H_
#define WIREHOUND_BPF_ANNOUNCE_H_

#include "maps.bpf.h"

/* What a new entry of `pending` starts as; not on the stack, which has 512 bytes. */
const __u8 blank_process[sizeof(struct pending_process)] SEC(".rodata.blank") = {};

/* A blank entry of `pending`; NULL, and counted, when there is no room. */
static __always_inline struct pending_process *new_pending(__u64 owner)
{
	if (bpf_map_update_elem(&pending, &owner, &blank_process, BPF_NOEXIST)) {
		count(WIREHOUND_COUNT_PROCESS_TABLE_FULL);
		return NULL;
	}
	return bpf_map_lookup_elem(&pending, &owner);
}

#endif /* WIREHOUND_BPF_ANNOUNCE_H_ */
