/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */

/* The layout of the records that the BPF programs write into the ring buffer. The same file
 * compiles as C for BPF and as C++20 for the reader (probes/live/wire_reader.h), and no other code
 * knows it.
 *
 * There are three types of record, each with the same header. PACKET names its owner by an opaque
 * id. PROCESS has the facts of an id. It is in the ring before the first packet with that id, once
 * per process, not once per packet. If it comes again, the later one counts. LIFECYCLE says that a
 * process began, runs another program, or ended.
 *
 * A record's place in the ring may be longer than the record, since places have a few fixed sizes:
 * the header's total_size counts. Host byte order, natural alignment, explicit padding. */

#ifndef WIREHOUND_PROBES_WIRE_H_
#define WIREHOUND_PROBES_WIRE_H_

#include <linux/types.h>

#ifdef __cplusplus
#include <cstddef>
#define WIREHOUND_WIRE_ASSERT(condition) static_assert(condition, #condition)
#else
#include <stddef.h>
#define WIREHOUND_WIRE_ASSERT(condition) _Static_assert(condition, #condition)
#endif

/* Raised when a layout below changes. */
#define WIREHOUND_WIRE_VERSION 2

#define WIREHOUND_WIRE_PACKET 1
#define WIREHOUND_WIRE_PROCESS 2
#define WIREHOUND_WIRE_LIFECYCLE 3

struct wirehound_wire_header {
	__u8 version;	   /* WIREHOUND_WIRE_VERSION */
	__u8 type;	   /* WIREHOUND_WIRE_PACKET, _PROCESS or _LIFECYCLE */
	__u16 header_size; /* bytes of the fixed part, this header included */
	__u32 total_size;  /* bytes of the record, this header included */
};

/* The packet was seen in the reader's network namespace. Without this flag interface_index may be
 * that of any other namespace. */
#define WIREHOUND_WIRE_OWN_NETNS 1

/* Followed by captured_length bytes of the packet, from the IP header on. */
struct wirehound_wire_packet {
	struct wirehound_wire_header header;
	__u64 timestamp_ns;    /* since boot, suspend included */
	__u64 owner_id;	       /* 0: no process is known */
	__u64 netns_cookie;    /* of the network namespace it was seen in; 0 unknown */
	__u64 lost;	       /* packets lost so far, on all CPUs and for all reasons */
	__u32 packet_length;   /* of the whole packet, from the IP header on */
	__u32 captured_length; /* <= packet_length */
	__u32 interface_index;
	__u32 cpu;
	__s32 syscall;	   /* number of the sender's system call; -1 unknown */
	__u8 direction;	   /* WIREHOUND_DIRECTION_* */
	__u8 owner_source; /* WIREHOUND_OWNER_* */
	__u16 flags;	   /* WIREHOUND_WIRE_OWN_NETNS */
};

#define WIREHOUND_WIRE_COMM_SIZE 16
#define WIREHOUND_WIRE_HOST_NAME_SIZE 64
#define WIREHOUND_WIRE_PATH_SIZE 512

/* The path is too long or could not be followed to the root: path_size is 0. */
#define WIREHOUND_WIRE_PATH_UNKNOWN 1
/* Written by partial.bpf.c, which cannot read the task: only owner_id, cgroup_id, host_pid,
 * host_tid, uid, gid and comm are set. */
#define WIREHOUND_WIRE_PARTIAL 2

/* Ids named host_* are in the initial pid namespace, the others in the process's own. Times are
 * since boot, suspend included; 0 unknown. */
struct wirehound_wire_process {
	struct wirehound_wire_header header;
	__u64 owner_id; /* never 0 */
	__u64 start_time_ns;
	__u64 thread_start_time_ns;
	__u64 parent_start_time_ns;
	__u64 cgroup_id;
	__s32 host_pid;
	__s32 host_tid;
	__s32 host_parent_pid;
	__s32 pid;
	__s32 tid;
	__s32 parent_pid; /* 0 when the parent is outside the pid namespace */
	__u32 uid;
	__u32 gid;
	__u32 mount_namespace; /* inode numbers of the namespaces */
	__u32 pid_namespace;
	__u16 path_offset; /* in `path`, which is written from its end backwards */
	__u16 path_size;
	__u32 flags;				       /* WIREHOUND_WIRE_PATH_UNKNOWN, _PARTIAL */
	char comm[WIREHOUND_WIRE_COMM_SIZE];	       /* NUL-terminated */
	char host_name[WIREHOUND_WIRE_HOST_NAME_SIZE]; /* NUL-terminated unless full */
	char path[WIREHOUND_WIRE_PATH_SIZE];	       /* not terminated */
};

#define WIREHOUND_WIRE_FORKED 1
#define WIREHOUND_WIRE_EXEC 2
#define WIREHOUND_WIRE_EXITED 3

/* There are more arguments than were copied. */
#define WIREHOUND_WIRE_ARGUMENTS_CUT 1

/* The most bytes that are copied of a program's arguments. */
#define WIREHOUND_WIRE_ARGUMENTS_SIZE 1024

/* About a process, not a thread: the facts are those of its leader. With kind WIREHOUND_WIRE_EXITED
 * the record ends where the path would begin. Other kinds are followed by arguments_size bytes of
 * arguments, each NUL-terminated except perhaps the last. */
struct wirehound_wire_lifecycle {
	struct wirehound_wire_header header;
	__u64 timestamp_ns; /* since boot, suspend included */
	__u16 arguments_size;
	__u8 kind;  /* WIREHOUND_WIRE_FORKED, _EXEC or _EXITED */
	__u8 flags; /* WIREHOUND_WIRE_ARGUMENTS_CUT */
	__u32 reserved;
	struct wirehound_wire_process process; /* header and owner_id are 0 */
};

/* Size of the fixed part of a LIFECYCLE record of kind WIREHOUND_WIRE_EXITED. */
#define WIREHOUND_WIRE_EXITED_SIZE                            \
	(offsetof(struct wirehound_wire_lifecycle, process) + \
	 offsetof(struct wirehound_wire_process, path))

WIREHOUND_WIRE_ASSERT(sizeof(struct wirehound_wire_header) == 8);
WIREHOUND_WIRE_ASSERT(offsetof(struct wirehound_wire_header, version) == 0);
WIREHOUND_WIRE_ASSERT(offsetof(struct wirehound_wire_header, type) == 1);
WIREHOUND_WIRE_ASSERT(offsetof(struct wirehound_wire_header, header_size) == 2);
WIREHOUND_WIRE_ASSERT(offsetof(struct wirehound_wire_header, total_size) == 4);

WIREHOUND_WIRE_ASSERT(sizeof(struct wirehound_wire_packet) == 64);
WIREHOUND_WIRE_ASSERT(offsetof(struct wirehound_wire_packet, timestamp_ns) == 8);
WIREHOUND_WIRE_ASSERT(offsetof(struct wirehound_wire_packet, owner_id) == 16);
WIREHOUND_WIRE_ASSERT(offsetof(struct wirehound_wire_packet, netns_cookie) == 24);
WIREHOUND_WIRE_ASSERT(offsetof(struct wirehound_wire_packet, lost) == 32);
WIREHOUND_WIRE_ASSERT(offsetof(struct wirehound_wire_packet, packet_length) == 40);
WIREHOUND_WIRE_ASSERT(offsetof(struct wirehound_wire_packet, captured_length) == 44);
WIREHOUND_WIRE_ASSERT(offsetof(struct wirehound_wire_packet, interface_index) == 48);
WIREHOUND_WIRE_ASSERT(offsetof(struct wirehound_wire_packet, cpu) == 52);
WIREHOUND_WIRE_ASSERT(offsetof(struct wirehound_wire_packet, syscall) == 56);
WIREHOUND_WIRE_ASSERT(offsetof(struct wirehound_wire_packet, direction) == 60);
WIREHOUND_WIRE_ASSERT(offsetof(struct wirehound_wire_packet, owner_source) == 61);
WIREHOUND_WIRE_ASSERT(offsetof(struct wirehound_wire_packet, flags) == 62);

WIREHOUND_WIRE_ASSERT(sizeof(struct wirehound_wire_process) == 688);
WIREHOUND_WIRE_ASSERT(offsetof(struct wirehound_wire_process, owner_id) == 8);
WIREHOUND_WIRE_ASSERT(offsetof(struct wirehound_wire_process, start_time_ns) == 16);
WIREHOUND_WIRE_ASSERT(offsetof(struct wirehound_wire_process, thread_start_time_ns) == 24);
WIREHOUND_WIRE_ASSERT(offsetof(struct wirehound_wire_process, parent_start_time_ns) == 32);
WIREHOUND_WIRE_ASSERT(offsetof(struct wirehound_wire_process, cgroup_id) == 40);
WIREHOUND_WIRE_ASSERT(offsetof(struct wirehound_wire_process, host_pid) == 48);
WIREHOUND_WIRE_ASSERT(offsetof(struct wirehound_wire_process, host_tid) == 52);
WIREHOUND_WIRE_ASSERT(offsetof(struct wirehound_wire_process, host_parent_pid) == 56);
WIREHOUND_WIRE_ASSERT(offsetof(struct wirehound_wire_process, pid) == 60);
WIREHOUND_WIRE_ASSERT(offsetof(struct wirehound_wire_process, tid) == 64);
WIREHOUND_WIRE_ASSERT(offsetof(struct wirehound_wire_process, parent_pid) == 68);
WIREHOUND_WIRE_ASSERT(offsetof(struct wirehound_wire_process, uid) == 72);
WIREHOUND_WIRE_ASSERT(offsetof(struct wirehound_wire_process, gid) == 76);
WIREHOUND_WIRE_ASSERT(offsetof(struct wirehound_wire_process, mount_namespace) == 80);
WIREHOUND_WIRE_ASSERT(offsetof(struct wirehound_wire_process, pid_namespace) == 84);
WIREHOUND_WIRE_ASSERT(offsetof(struct wirehound_wire_process, path_offset) == 88);
WIREHOUND_WIRE_ASSERT(offsetof(struct wirehound_wire_process, path_size) == 90);
WIREHOUND_WIRE_ASSERT(offsetof(struct wirehound_wire_process, flags) == 92);
WIREHOUND_WIRE_ASSERT(offsetof(struct wirehound_wire_process, comm) == 96);
WIREHOUND_WIRE_ASSERT(offsetof(struct wirehound_wire_process, host_name) == 112);
WIREHOUND_WIRE_ASSERT(offsetof(struct wirehound_wire_process, path) == 176);

WIREHOUND_WIRE_ASSERT(sizeof(struct wirehound_wire_lifecycle) == 712);
WIREHOUND_WIRE_ASSERT(offsetof(struct wirehound_wire_lifecycle, timestamp_ns) == 8);
WIREHOUND_WIRE_ASSERT(offsetof(struct wirehound_wire_lifecycle, arguments_size) == 16);
WIREHOUND_WIRE_ASSERT(offsetof(struct wirehound_wire_lifecycle, kind) == 18);
WIREHOUND_WIRE_ASSERT(offsetof(struct wirehound_wire_lifecycle, flags) == 19);
WIREHOUND_WIRE_ASSERT(offsetof(struct wirehound_wire_lifecycle, process) == 24);

#endif /* WIREHOUND_PROBES_WIRE_H_ */
