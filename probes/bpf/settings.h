/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */

/* What the BPF programs share with the code that loads them, besides records: settings that are
 * written before loading, the tables of the plan, counters, and the memory that both sides use
 * while the programs run. Host byte order. Compiles as C for BPF and as C++20. */

#ifndef WIREHOUND_PROBES_SETTINGS_H_
#define WIREHOUND_PROBES_SETTINGS_H_

#include <linux/types.h>

/* Classes of packets, see PacketClass. A packet may be in several: IPV4 | UDP | DNS. */
#define WIREHOUND_CLASS_IPV4 0x01u
#define WIREHOUND_CLASS_IPV6 0x02u
#define WIREHOUND_CLASS_TCP 0x04u
#define WIREHOUND_CLASS_UDP 0x08u
#define WIREHOUND_CLASS_ICMP 0x10u
#define WIREHOUND_CLASS_ICMPV6 0x20u
#define WIREHOUND_CLASS_DNS 0x40u
#define WIREHOUND_CLASS_LINK_LOCAL_DNS 0x80u
/* The classes that depend on the transport header. */
#define WIREHOUND_CLASS_TRANSPORTS 0xfcu
#define WIREHOUND_CLASS_SETS 256 /* combinations of classes */

/* In the first word of an amount: at least the headers are wanted, however long. The other bits are
 * a number of bytes. */
#define WIREHOUND_AMOUNT_HEADERS 0x80000000u
/* In the second word: connections that speak HTTP are wanted. The other bits are the number of
 * bytes wanted of the body in each packet. */
#define WIREHOUND_AMOUNT_HTTP 0x80000000u

/* How much of a packet to copy. Both words 0: it is not wanted. */
struct wirehound_amount {
	__u32 packet;
	__u32 http;
};

/* Three masks of rules, one bit per rule: the rules that have a port or an address in their list of
 * sources, of destinations, of either. */
struct wirehound_ends {
	__u32 source;
	__u32 destination;
	__u32 either;
	__u32 reserved;
};

#define WIREHOUND_RULES 32
#define WIREHOUND_PORT_SETS 256
#define WIREHOUND_PORTS 65536
#define WIREHOUND_DIRECTIONS 2 /* 0 ingress, 1 egress */

/* The rules of a capture plan, compiled. `amounts` has all rules without conditions on ports or
 * addresses, the rest is about rules with such conditions. probes/live/plan_tables.cc fills it and
 * has an example, rules.bpf.h reads it. */
struct wirehound_plan {
	struct wirehound_amount amounts[WIREHOUND_DIRECTIONS][WIREHOUND_CLASS_SETS];
	/* Masks of the rules that may want the packet. */
	__u32 conditional[WIREHOUND_DIRECTIONS][WIREHOUND_CLASS_SETS];
	struct wirehound_amount rule_amounts[WIREHOUND_RULES];
	__u32 port_rules;		 /* mask of rules with a condition on ports */
	__u32 address_rules;		 /* mask of rules with a condition on addresses */
	struct wirehound_ends any_ports; /* masks of rules without such a list of ports */
	struct wirehound_ends any_addresses;
	struct wirehound_ends port_sets[WIREHOUND_PORT_SETS];
	__u8 port_set_of[WIREHOUND_PORTS]; /* index into port_sets */
};

/* Two copies: a new plan is written to the one that is not active, then `active` changes. So one
 * plan decides about all of a packet. */
struct wirehound_plans {
	__u32 active; /* 0 or 1 */
	__u32 reserved;
	struct wirehound_plan plans[2];
};

/* Key of the map `prefixes`, which finds the longest prefix of an address. Its masks include those
 * of the prefixes that cover it. One map holds four tables: IPv4 and IPv6 of both plans. The number
 * of the table is the first part of what is compared, so `length` is 32 more than that of the
 * prefix. */
struct wirehound_prefix_key {
	__u32 length; /* in bits, the table number included */
	__u32 table;  /* WIREHOUND_PREFIX_TABLE */
	__u8 address[16];
};

#define WIREHOUND_PREFIX_TABLE(plan, is_ipv6) ((plan)*2u + (is_ipv6))
#define WIREHOUND_PREFIXES_MAX 2048 /* of both plans */

#define WIREHOUND_SCOPE_VALUES 64
#define WIREHOUND_SCOPE_EXCLUDES_UIDS 1u
#define WIREHOUND_SCOPE_EXCLUDES_COMMS 2u
#define WIREHOUND_SCOPE_EXCLUDES_CGROUPS 4u

/* The owners whose packets are wanted, see CaptureScope. */
struct wirehound_scope {
	__u32 uids; /* sizes of the lists below; an empty list is no condition */
	__u32 comms;
	__u32 cgroups;
	__u32 excludes; /* WIREHOUND_SCOPE_EXCLUDES_* */
	__u32 first_uid[WIREHOUND_SCOPE_VALUES];
	__u32 last_uid[WIREHOUND_SCOPE_VALUES];
	__u64 comm[WIREHOUND_SCOPE_VALUES][2]; /* padded with NUL */
	__u64 cgroup[WIREHOUND_SCOPE_VALUES];
};

/* Written before loading, then read-only, so the verifier removes branches that a setting makes
 * impossible. Each object has its own copy; all copies are the same. */
struct wirehound_settings {
	__u64 owner_seed;	/* secret key of owner ids: no process can choose its own */
	__u64 cgroup_id;	/* of the watched group, to which the packet hooks are attached */
	__u64 own_netns_cookie; /* of the reader's network namespace; 0 unknown */
	__u32 wakeup_bytes;	/* wake a reader that polls when so much is in the ring */
	__u32 reserved;
	struct wirehound_scope scope;
};

/* The owner of a socket, in socket storage. Each member is one word: programs on other CPUs see it
 * before or after a change, never half of one. */
struct wirehound_socket_owner {
	__u64 owner; /* an owner id with OWNER_* marks in its low bits; 0 no owner */
	__u64 netns_cookie;
	/* How the socket got its owner: WIREHOUND_OWNER_LISTENER for a listener and, since the
	 * kernel clones this value, for its connections until they are accepted;
	 * WIREHOUND_OWNER_SCAN for a socket older than the engine; 0 once a process has used it. */
	__u64 how;
	__u64 address; /* scratch: the socket's own address, see mail.bpf.h */
};

/* Indices of the per-CPU counters. Every packet counts once as SEEN and once by its outcome, in one
 * of the counters from SUBMITTED to LOST_PROCESS_RECORD: seen = submitted + filtered + lost. A lost
 * packet also counts in wirehound_control.lost. */
enum wirehound_counter {
	WIREHOUND_COUNT_SEEN,
	WIREHOUND_COUNT_SUBMITTED,
	WIREHOUND_COUNT_FILTERED,	   /* no rule asks for such packets */
	WIREHOUND_COUNT_FILTERED_BY_RULES, /* some do, but their conditions do not hold */
	WIREHOUND_COUNT_FILTERED_BY_SCOPE, /* its owner is not in the scope */
	WIREHOUND_COUNT_LOST_RING_FULL,
	WIREHOUND_COUNT_LOST_COPY_FAILED,
	/* The PROCESS record of its owner, which has to come first, found no room. */
	WIREHOUND_COUNT_LOST_PROCESS_RECORD,
	/* The rest is outside the account. */
	WIREHOUND_COUNT_NO_FULL_SOCKET,	      /* packets */
	WIREHOUND_COUNT_NO_OWNER,	      /* packets of a socket without an owner */
	WIREHOUND_COUNT_SENDER_KNOWN,	      /* packets whose sender was the current task */
	WIREHOUND_COUNT_PROCESS_RECORDS,      /* submitted */
	WIREHOUND_COUNT_PROCESS_RETRIES,      /* attempts to submit one that found no room */
	WIREHOUND_COUNT_PROCESS_TABLE_FULL,   /* owners left out because `pending` was full */
	WIREHOUND_COUNT_PROCESS_NOTICES,      /* LIFECYCLE records submitted */
	WIREHOUND_COUNT_PROCESS_NOTICES_LOST, /* LIFECYCLE records without room */
	WIREHOUND_COUNTERS
};
/* The lost counters are contiguous. */
#define WIREHOUND_COUNT_FIRST_LOST WIREHOUND_COUNT_LOST_RING_FULL
#define WIREHOUND_COUNT_LAST_LOST WIREHOUND_COUNT_LOST_PROCESS_RECORD

/* Memory that the reader shares with the programs. Each word is read and written on its own. */
struct wirehound_control {
	__u64 lost;	    /* packets, on all CPUs and for all reasons; written by the programs */
	__u32 reader_polls; /* the reader's timer wakes it: the programs need not */
	__u32 has_mail;	    /* the map `mail` has had entries; set by the programs */
	__u32 scope_level; /* depth of the watched group plus one, 0 unknown; set by the programs */
	__u32 sends_lifecycle; /* the programs send LIFECYCLE records */
};

#endif /* WIREHOUND_PROBES_SETTINGS_H_ */
