// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause

/* The cgroup hooks of owner_hooks.bpf.c for kernels without BTF. They read no structure of the
 * kernel: helper functions give ids, user and name of the current task. The PROCESS record is
 * marked as partial, and the reader completes it from /proc while the process runs.
 *
 * What is lost compared with owner_hooks.bpf.c: a process with the pid, user and name of one that
 * has ended gets the same owner id. Of a process that ends before the reader looks, only these
 * facts are known. Kernels: 5.10 and later. */

#include "announce.bpf.h"

#define ALLOW 1

struct partial_identity {
	__u64 process_and_thread;
	__u64 group_and_user;
	__u64 comm[2];
};

/* The owner id: as owner_id in task.bpf.h, over fewer facts. */
static __always_inline __u64 partial_id(const struct partial_identity *identity)
{
	const __u64 *words = (const __u64 *)identity;
	__u64 hash = settings.owner_seed;

#pragma clang loop unroll(full)
	for (int i = 0; i < sizeof(*identity) / sizeof(__u64); i++) {
		hash = (hash ^ words[i]) * 0x9e3779b97f4a7c15ull;
		hash ^= hash >> 32;
	}
	return (hash | (OWNER_MARKS + 1)) & ~OWNER_MARKS;
}

static __always_inline void fill_partial(struct wirehound_wire_process *record, __u64 owner,
					 const struct partial_identity *identity)
{
	record->header.version = WIREHOUND_WIRE_VERSION;
	record->header.type = WIREHOUND_WIRE_PROCESS;
	record->header.header_size = sizeof(*record);
	record->header.total_size = sizeof(*record);
	record->owner_id = owner;
	record->cgroup_id = bpf_get_current_cgroup_id();
	record->host_pid = identity->process_and_thread >> 32;
	record->host_tid = (__u32)identity->process_and_thread;
	record->uid = (__u32)identity->group_and_user;
	record->gid = identity->group_and_user >> 32;
	record->path_offset = WIREHOUND_WIRE_PATH_SIZE;
	record->flags = WIREHOUND_WIRE_PATH_UNKNOWN | WIREHOUND_WIRE_PARTIAL;
	__builtin_memcpy(record->comm, identity->comm, sizeof(record->comm));
}

/* As announce in owner.bpf.h. */
static __always_inline __u64 announce_partial(__u64 owner, const struct partial_identity *identity)
{
	struct pending_process *process;

	if (bpf_map_lookup_elem(&announced, &owner))
		return owner;
	if (!bpf_map_lookup_elem(&pending, &owner)) {
		process = new_pending(owner);
		if (!process)
			return 0;
		fill_partial(&process->record, owner, identity);
	}
	return announce_pending(owner) ? owner : owner | OWNER_PENDING;
}

/* Makes the current task the owner of the socket whose storage this is. */
static __always_inline int touch(struct wirehound_socket_owner *socket, __u64 netns_cookie)
{
	struct partial_identity identity = {
		.process_and_thread = bpf_get_current_pid_tgid(),
		.group_and_user = bpf_get_current_uid_gid(),
	};
	__u64 owner;

	if (!socket)
		return ALLOW;
	bpf_get_current_comm(identity.comm, sizeof(identity.comm));
	owner = partial_id(&identity);
	socket->netns_cookie = netns_cookie;
	if (*(volatile __u64 *)&socket->owner != owner)
		*(volatile __u64 *)&socket->owner = announce_partial(owner, &identity);
	*(volatile __u64 *)&socket->how = 0;
	return ALLOW;
}

static __always_inline int touch_sock(struct bpf_sock *context)
{
	return touch(bpf_sk_storage_get(&socket_owners, context, NULL, BPF_SK_STORAGE_GET_F_CREATE),
		     bpf_get_netns_cookie(context));
}

static __always_inline int touch_address(struct bpf_sock_addr *context)
{
	struct bpf_sock *sk = context->sk;

	if (!sk)
		return ALLOW;
	return touch(bpf_sk_storage_get(&socket_owners, sk, NULL, BPF_SK_STORAGE_GET_F_CREATE),
		     bpf_get_netns_cookie(context));
}

SEC("cgroup/sock_create")
int partial_sock_create(struct bpf_sock *context)
{
	return touch_sock(context);
}

SEC("cgroup/post_bind4")
int partial_post_bind4(struct bpf_sock *context)
{
	return touch_sock(context);
}

SEC("cgroup/post_bind6")
int partial_post_bind6(struct bpf_sock *context)
{
	return touch_sock(context);
}

SEC("cgroup/connect4")
int partial_connect4(struct bpf_sock_addr *context)
{
	return touch_address(context);
}

SEC("cgroup/connect6")
int partial_connect6(struct bpf_sock_addr *context)
{
	return touch_address(context);
}

SEC("cgroup/sendmsg4")
int partial_sendmsg4(struct bpf_sock_addr *context)
{
	return touch_address(context);
}

SEC("cgroup/sendmsg6")
int partial_sendmsg6(struct bpf_sock_addr *context)
{
	return touch_address(context);
}

SEC("cgroup/recvmsg4")
int partial_recvmsg4(struct bpf_sock_addr *context)
{
	return touch_address(context);
}

SEC("cgroup/recvmsg6")
int partial_recvmsg6(struct bpf_sock_addr *context)
{
	return touch_address(context);
}

SEC("cgroup/getpeername4")
int partial_getpeername4(struct bpf_sock_addr *context)
{
	return touch_address(context);
}

SEC("cgroup/getpeername6")
int partial_getpeername6(struct bpf_sock_addr *context)
{
	return touch_address(context);
}
