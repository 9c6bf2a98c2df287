/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */

/* Makes room in `pending` for the PROCESS record of a new owner; owner.bpf.h has the rules. Needs
 * no BTF of the kernel. */

#ifndef WIREHOUND_BPF_ANNOUNCE_H_
#define WIREHOUND_BPF_ANNOUNCE_H_

#include "maps.bpf.h"

/* The initial value of an entry of `pending`. A constant, since the stack has only 512 bytes. */
const __u8 blank_process[sizeof(struct pending_process)] SEC(".rodata.blank") = {};

/* A new entry of zeros. NULL, and counted, when the map is full. */
static __always_inline struct pending_process *new_pending(__u64 owner)
{
	if (bpf_map_update_elem(&pending, &owner, &blank_process, BPF_NOEXIST)) {
		count(WIREHOUND_COUNT_PROCESS_TABLE_FULL);
		return NULL;
	}
	return bpf_map_lookup_elem(&pending, &owner);
}

#endif /* WIREHOUND_BPF_ANNOUNCE_H_ */
