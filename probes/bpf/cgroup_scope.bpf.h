/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */

/* Whether a control group is the watched one, or below it. Programs that run for the whole machine
 * ask before they do anything else. Needs the kernel's BTF (CO-RE). */

#ifndef WIREHOUND_BPF_CGROUP_SCOPE_H_
#define WIREHOUND_BPF_CGROUP_SCOPE_H_

#include "kernel_types.h"
#include "maps.bpf.h"

#include <bpf/bpf_core_read.h>

#define GROUP_DEPTH_MAX 32

/* The id of the ancestor of `group` at depth `level`, at most its own depth. The root has depth
 * 0. */
static __always_inline __u64 ancestor_id(struct cgroup *group, __u32 level)
{
	struct cgroup___ids *old = (void *)group;
	struct cgroup *ancestor = NULL;
	__u64 id = 0;

	if (bpf_core_field_exists(old->ancestor_ids)) {
		bpf_core_read(&id, sizeof(id),
			      (void *)old + bpf_core_field_offset(old->ancestor_ids) + level * 8);
		return id;
	}
	bpf_core_read(&ancestor, sizeof(ancestor),
		      (void *)group + bpf_core_field_offset(group->ancestors) + level * 8);
	return BPF_CORE_READ(ancestor, kn, id);
}

/* Whether a group is the watched one or below it. With the depth of the watched group that is one
 * comparison. User space cannot tell that depth, since it may see only a part of the hierarchy. So
 * the first group inside the watched one finds it here, and it is kept in `control`. */
static __always_inline bool is_watched_group(struct cgroup *group)
{
	__u32 zero = 0;
	struct wirehound_control *shared = bpf_map_lookup_elem(&control, &zero);
	__u32 level = BPF_CORE_READ(group, level);

	if (!shared)
		return false;
	if (shared->scope_level) {
		if (level < shared->scope_level - 1)
			return false;
		return ancestor_id(group, shared->scope_level - 1) == settings.cgroup_id;
	}
#pragma clang loop unroll(disable)
	for (__u32 i = 0; i < GROUP_DEPTH_MAX && i <= level; i++) {
		if (ancestor_id(group, i) == settings.cgroup_id) {
			shared->scope_level = i + 1;
			return true;
		}
	}
	return false;
}

#endif /* WIREHOUND_BPF_CGROUP_SCOPE_H_ */
