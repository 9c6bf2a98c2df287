/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */

/* Reads a task: computes its owner id and fills the facts of its PROCESS record. Needs the kernel's
 * BTF (CO-RE). Call only for `current` or a task that cannot end meanwhile.
 *
 * The path of the executable is built from the file up to the root, one name at a time, so it is
 * written from the end of its buffer backwards. Verifier: it cannot see that the names fit. So the
 * offset is masked to the size of the path and the length to 255, and the value has SLACK_SIZE
 * bytes behind the path: whatever both are, the write stays inside. */

#ifndef WIREHOUND_BPF_TASK_H_
#define WIREHOUND_BPF_TASK_H_

#include "kernel_types.h"
#include "maps.bpf.h"

#include <bpf/bpf_core_read.h>

#define PF_KTHREAD 0x00200000
#define PF_IO_WORKER 0x00000010

#define PATH_NAMES_MAX 64
#define PATH_MASK (WIREHOUND_WIRE_PATH_SIZE - 1)
#define NAME_MASK 0xff

/* How the members of a task may be read. */
enum task_access {
	TASK_DIRECT, /* from bpf_get_current_task_btf(): plain loads */
	TASK_PROBED, /* from bpf_get_current_task(), for program types that lack the other */
};

/* The facts that identify an owner: when one changes, the task is another owner. */
struct task_identity {
	__u64 thread_and_user;
	__u64 start;
	__u64 exec;
	__u64 comm[2];
};

static __always_inline struct task_struct *current_task(const enum task_access access)
{
	if (access == TASK_DIRECT)
		return bpf_get_current_task_btf();
	return (struct task_struct *)bpf_get_current_task();
}

static __always_inline __u32 task_flags(struct task_struct *task, const enum task_access access)
{
	return access == TASK_DIRECT ? task->flags : BPF_CORE_READ(task, flags);
}

static __always_inline void read_identity(struct task_identity *identity, struct task_struct *task,
					  const enum task_access access)
{
	if (access == TASK_DIRECT) {
		identity->thread_and_user = (__u64)task->cred->uid.val << 32 | (__u32)task->pid;
		identity->start = task->start_boottime;
		identity->exec = task->self_exec_id;
	} else {
		identity->thread_and_user = (__u64)BPF_CORE_READ(task, cred, uid.val) << 32 |
					    (__u32)BPF_CORE_READ(task, pid);
		identity->start = BPF_CORE_READ(task, start_boottime);
		identity->exec = BPF_CORE_READ(task, self_exec_id);
	}
	bpf_core_read(identity->comm, sizeof(identity->comm), &task->comm);
}

/* The owner id of a task: a keyed hash of its identity, never 0, with the bits of OWNER_MARKS
 * clear. A hash needs no table of ids and is the same on every CPU, and one word can be written to
 * a socket atomically. The key keeps a process from choosing its id. */
static __always_inline __u64 owner_id(struct task_struct *task, const enum task_access access)
{
	struct task_identity identity;
	const __u64 *words = (const __u64 *)&identity;
	__u64 hash = settings.owner_seed;

	read_identity(&identity, task, access);
#pragma clang loop unroll(full)
	for (int i = 0; i < sizeof(identity) / sizeof(__u64); i++) {
		hash = (hash ^ words[i]) * 0x9e3779b97f4a7c15ull;
		hash ^= hash >> 32;
	}
	return (hash | (OWNER_MARKS + 1)) & ~OWNER_MARKS;
}

/* The id of `task` in the pid namespace at depth `level`; 0 when it is not in so deep a one. */
static __always_inline __s32 pid_at_level(struct task_struct *task, __u32 level)
{
	struct pid *pid = BPF_CORE_READ(task, thread_pid);
	struct upid upid = {};

	if (!pid || BPF_CORE_READ(pid, level) < level)
		return 0;
	bpf_core_read(&upid.nr, sizeof(upid.nr),
		      (void *)pid + bpf_core_field_offset(pid->numbers) +
			      level * bpf_core_type_size(struct upid) +
			      bpf_core_field_offset(upid.nr));
	return upid.nr;
}

static __always_inline struct pid_namespace *namespace_at_level(struct pid *pid, __u32 level)
{
	struct pid_namespace *space = NULL;
	struct upid *upid = NULL;

	bpf_core_read(&space, sizeof(space),
		      (void *)pid + bpf_core_field_offset(pid->numbers) +
			      level * bpf_core_type_size(struct upid) +
			      bpf_core_field_offset(upid->ns));
	return space;
}

static __always_inline void read_namespaces(struct wirehound_wire_process *record,
					    struct task_struct *task)
{
	struct task_struct *leader = BPF_CORE_READ(task, group_leader);
	struct task_struct *parent = BPF_CORE_READ(task, real_parent, group_leader);
	struct pid *pid = BPF_CORE_READ(task, thread_pid);
	struct pid *parent_pid = BPF_CORE_READ(parent, thread_pid);
	__u32 level = BPF_CORE_READ(pid, level);
	struct pid_namespace *space = namespace_at_level(pid, level);

	record->tid = pid_at_level(task, level);
	record->pid = pid_at_level(leader, level);
	if (parent_pid && BPF_CORE_READ(parent_pid, level) >= level &&
	    namespace_at_level(parent_pid, level) == space)
		record->parent_pid = pid_at_level(parent, level);
	record->pid_namespace = BPF_CORE_READ(space, ns.inum);
	record->mount_namespace = BPF_CORE_READ(task, nsproxy, mnt_ns, ns.inum);
	BPF_CORE_READ_INTO(&record->host_name, task, nsproxy, uts_ns, name.nodename);
}

static __always_inline struct mount *mount_of(struct vfsmount *vfsmount)
{
	return (void *)vfsmount - bpf_core_field_offset(struct mount, mnt);
}

/* The result of one step of the path. How far the buffer is filled is kept in the record, not in a
 * variable: a number that is read back from there may be any number to the verifier, so all rounds
 * of the loop look alike to it. */
enum path_result { PATH_ON, PATH_DONE, PATH_FAILED };

/* Steps from the root of a mount to the directory it is mounted on. */
static __always_inline enum path_result leave_mount(struct path_walk *walk)
{
	struct mount *mount = mount_of(walk->mount);
	struct mount *parent = BPF_CORE_READ(mount, mnt_parent);

	if (parent == mount)
		return PATH_DONE;
	walk->dentry = BPF_CORE_READ(mount, mnt_mountpoint);
	walk->mount = (void *)parent + bpf_core_field_offset(struct mount, mnt);
	return PATH_ON;
}

/* Writes one name with a slash in front, and steps to its directory. */
static __always_inline enum path_result add_name(struct wirehound_wire_process *record,
						 struct path_walk *walk, struct dentry *parent)
{
	struct dentry *dentry = walk->dentry;
	const unsigned char *name = BPF_CORE_READ(dentry, d_name.name);
	__u32 length = BPF_CORE_READ(dentry, d_name.len);
	__u32 start = *(volatile __u16 *)&record->path_offset;

	if (length > NAME_MASK || start < length + 1)
		return PATH_FAILED;
	start -= length;
	if (bpf_probe_read_kernel(&record->path[start & PATH_MASK], length & NAME_MASK, name))
		return PATH_FAILED;
	start--;
	record->path[start & PATH_MASK] = '/';
	*(volatile __u16 *)&record->path_offset = start;
	walk->dentry = parent;
	return PATH_ON;
}

static __always_inline enum path_result step_up(struct wirehound_wire_process *record,
						struct path_walk *walk)
{
	struct vfsmount *mount = walk->mount;
	struct dentry *dentry = walk->dentry;
	struct dentry *parent = BPF_CORE_READ(dentry, d_parent);

	if (dentry == BPF_CORE_READ(mount, mnt_root))
		return leave_mount(walk);
	if (dentry == parent) /* in no directory tree, such as a memfd */
		return PATH_FAILED;
	return add_name(record, walk, parent);
}

/* Begins at the executable. False when there is none: a kernel thread. */
static __always_inline bool begin_path(struct wirehound_wire_process *record,
				       struct path_walk *walk, struct task_struct *task)
{
	struct file *file = BPF_CORE_READ(task, mm, exe_file);

	record->flags |= WIREHOUND_WIRE_PATH_UNKNOWN;
	record->path_offset = WIREHOUND_WIRE_PATH_SIZE;
	if (!file)
		return false;
	walk->dentry = BPF_CORE_READ(file, f_path.dentry);
	walk->mount = BPF_CORE_READ(file, f_path.mnt);
	return true;
}

static __always_inline void end_path(struct wirehound_wire_process *record, enum path_result step)
{
	if (step != PATH_DONE)
		return;
	record->flags &= ~WIREHOUND_WIRE_PATH_UNKNOWN;
	record->path_size = WIREHOUND_WIRE_PATH_SIZE - record->path_offset;
}

/* Fills a record of zeros, except its header, owner id and path. */
static __always_inline void read_facts(struct wirehound_wire_process *record,
				       struct task_struct *task)
{
	struct task_struct *parent = BPF_CORE_READ(task, real_parent);

	record->start_time_ns = BPF_CORE_READ(task, group_leader, start_boottime);
	record->thread_start_time_ns = BPF_CORE_READ(task, start_boottime);
	record->parent_start_time_ns = BPF_CORE_READ(parent, group_leader, start_boottime);
	record->cgroup_id = BPF_CORE_READ(task, cgroups, dfl_cgrp, kn, id);
	record->host_pid = BPF_CORE_READ(task, tgid);
	record->host_tid = BPF_CORE_READ(task, pid);
	record->host_parent_pid = BPF_CORE_READ(parent, tgid);
	record->uid = BPF_CORE_READ(task, cred, uid.val);
	record->gid = BPF_CORE_READ(task, cred, gid.val);
	BPF_CORE_READ_INTO(&record->comm, task, comm);
	read_namespaces(record, task);
}

#endif /* WIREHOUND_BPF_TASK_H_ */
