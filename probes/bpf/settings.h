/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */

/* What the BPF programs and the code that loads them agree on besides the records: settings
 * written before loading, counters read at any time, and the memory the reader shares with the
 * programs while both run. Compiles as C for BPF and as C++20. */

#ifndef WIREHOUND_PROBES_SETTINGS_H_
#define WIREHOUND_PROBES_SETTINGS_H_

#include <linux/types.h>

/* Classes of packets, see CapturePlan. A packet is in several: the sum says in which. */
#define WIREHOUND_CLASS_IPV4 0x01u
#define WIREHOUND_CLASS_IPV6 0x02u
#define WIREHOUND_CLASS_TCP 0x04u
#define WIREHOUND_CLASS_UDP 0x08u
#define WIREHOUND_CLASS_ICMP 0x10u
#define WIREHOUND_CLASS_ICMPV6 0x20u
#define WIREHOUND_CLASS_DNS 0x40u
#define WIREHOUND_CLASS_LINK_LOCAL_DNS 0x80u
/* All that a transport header may say. */
#define WIREHOUND_CLASS_TRANSPORTS 0xfcu
#define WIREHOUND_CLASS_SETS 256

/* In the first word of an amount: the headers are wanted whole, however long. The other bits: that
 * many bytes. */
#define WIREHOUND_AMOUNT_HEADERS 0x80000000u
/* In the second word: connections that speak HTTP are wanted. The other bits: that many bytes of
 * each packet of a body. */
#define WIREHOUND_AMOUNT_HTTP 0x80000000u

/* How much of a packet to copy. All zero: it is not wanted. */
struct wirehound_amount {
	__u32 packet;
	__u32 http;
};

/* Rules, one bit each: those that have the source, the destination, any of the two. */
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

/* The rules of a capture plan, made so that a packet asks one word when nothing but its classes and
 * its direction count. The rest is asked of rules with conditions on ports or addresses alone. */
struct wirehound_plan {
	struct wirehound_amount amounts[WIREHOUND_DIRECTIONS][WIREHOUND_CLASS_SETS];
	__u32 conditional[WIREHOUND_DIRECTIONS][WIREHOUND_CLASS_SETS]; /* rules that may want it */
	struct wirehound_amount rule_amounts[WIREHOUND_RULES];
	__u32 port_rules;		 /* rules that ask for ports */
	__u32 address_rules;		 /* rules that ask for addresses */
	struct wirehound_ends any_ports; /* rules that do not ask for such a port */
	struct wirehound_ends any_addresses;
	struct wirehound_ends port_sets[WIREHOUND_PORT_SETS];
	__u8 port_set_of[WIREHOUND_PORTS];
};

/* Two, so that a packet goes by one plan or the other and never by half of each: a new one is
 * written to where no program looks, then `active` changes. */
struct wirehound_plans {
	__u32 active; /* 0 or 1 */
	__u32 reserved;
	struct wirehound_plan plans[2];
};

/* Key of the table of address prefixes. Whatever prefix is found knows what those around it know.
 * The table number is part of what is compared, so a prefix is 32 bits longer than its address. */
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

/* Whose packets are wanted, see CaptureScope. */
struct wirehound_scope {
	__u32 uids; /* how many of each are listed below; a list of none asks nothing */
	__u32 comms;
	__u32 cgroups;
	__u32 excludes; /* WIREHOUND_SCOPE_EXCLUDES_* */
	__u32 first_uid[WIREHOUND_SCOPE_VALUES];
	__u32 last_uid[WIREHOUND_SCOPE_VALUES];
	__u64 comm[WIREHOUND_SCOPE_VALUES][2]; /* padded with NUL */
	__u64 cgroup[WIREHOUND_SCOPE_VALUES];
};

/* Read-only for the programs: the verifier drops the branches a setting makes impossible. Each
 * object has its own copy; all copies are the same. */
struct wirehound_settings {
	__u64 owner_seed;	/* secret: owner ids cannot be aimed at */
	__u64 cgroup_id;	/* of the group the packet hooks are attached to */
	__u64 own_netns_cookie; /* of the reader; 0 unknown */
	__u32 wakeup_bytes; /* while the reader polls, wake it early when so much has gathered */
	__u32 reserved;
	struct wirehound_scope scope;
};

/* What a socket knows of its owner, in socket storage. One word each, so that no reader sees half
 * of a change. */
struct wirehound_socket_owner {
	__u64 owner; /* an owner id, its lowest bit set while its PROCESS record waits; 0 nobody */
	__u64 netns_cookie;
	/* How it came to the owner: WIREHOUND_OWNER_LISTENER on sockets that listen and, cloned
	 * with the rest, on those not accepted yet; _SCAN; 0 once a process has touched it. */
	__u64 how;
	__u64 address; /* of the socket itself, while there is mail; see bpf/mail.bpf.h */
};

/* Per-CPU counters: indices. Every packet counts once as seen and once as what became of it:
 * seen = submitted + filtered + the lost ones. A lost one is also in wirehound_control.lost. */
enum wirehound_counter {
	WIREHOUND_COUNT_SEEN,
	WIREHOUND_COUNT_SUBMITTED,
	WIREHOUND_COUNT_FILTERED,	   /* no rule asks for such packets */
	WIREHOUND_COUNT_FILTERED_BY_RULES, /* some do, with conditions that do not hold */
	WIREHOUND_COUNT_FILTERED_BY_SCOPE, /* its owner is not in the scope */
	WIREHOUND_COUNT_LOST_RING_FULL,
	WIREHOUND_COUNT_LOST_COPY_FAILED,
	/* No room for the PROCESS record that would have had to come first. */
	WIREHOUND_COUNT_LOST_PROCESS_RECORD,
	/* The rest is in no sum. */
	WIREHOUND_COUNT_NO_FULL_SOCKET,	    /* packets */
	WIREHOUND_COUNT_NO_OWNER,	    /* packets with a socket no process is known of */
	WIREHOUND_COUNT_SENDER_KNOWN,	    /* packets whose sender was running */
	WIREHOUND_COUNT_PROCESS_RECORDS,    /* submitted */
	WIREHOUND_COUNT_PROCESS_RETRIES,    /* attempts to submit one that found no room */
	WIREHOUND_COUNT_PROCESS_TABLE_FULL, /* touches not recorded: too many such attempts open */
	WIREHOUND_COUNT_PROCESS_NOTICES,    /* LIFECYCLE records submitted */
	WIREHOUND_COUNT_PROCESS_NOTICES_LOST, /* that found no room */
	WIREHOUND_COUNTERS
};
/* The reasons for a loss stand together: from the first to the last. */
#define WIREHOUND_COUNT_FIRST_LOST WIREHOUND_COUNT_LOST_RING_FULL
#define WIREHOUND_COUNT_LAST_LOST WIREHOUND_COUNT_LOST_PROCESS_RECORD

/* Shared memory between the reader and the programs. Each word is read and written on its own. */
struct wirehound_control {
	__u64 lost; /* packets, on all CPUs and for whatever reason; only the programs write it */
	__u32 reader_polls; /* the reader comes by itself within milliseconds: do not wake it */
	__u32 has_mail;	    /* owners wait in the map of that name; set by the programs */
	__u32 scope_level; /* depth of the attached group plus one, found by the programs; 0 not yet
			    */
	__u32 tells_processes; /* LIFECYCLE records are wanted */
};

#endif /* WIREHOUND_PROBES_SETTINGS_H_ */
