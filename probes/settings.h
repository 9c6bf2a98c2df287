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
#define WIREHOUND_CLASS_SETS 256

/* In an amount: the headers are wanted whole, however long. The other bits: that many bytes. */
#define WIREHOUND_AMOUNT_HEADERS 0x80000000u

/* Read-only for the programs: the verifier drops the branches a setting makes impossible. Each
 * object has its own copy; all copies are the same. */
struct wirehound_settings {
  __u64 owner_seed;       /* secret: owner ids cannot be aimed at */
  __u64 cgroup_id;        /* of the group the packet hooks are attached to */
  __u64 own_netns_cookie; /* of the reader; 0 unknown */
  __u32 wakeup_bytes;     /* while the reader polls, wake it early when so much has gathered */
  __u32 reserved;
};

/* Per-CPU counters: indices. Every packet counts once as seen and once as what became of it:
 * seen = submitted + filtered + the lost ones. */
enum wirehound_counter {
  WIREHOUND_COUNT_SEEN,
  WIREHOUND_COUNT_SUBMITTED,
  WIREHOUND_COUNT_FILTERED,
  WIREHOUND_COUNT_LOST_RING_FULL,
  WIREHOUND_COUNT_LOST_COPY_FAILED,
  /* No room for the PROCESS record that would have had to come first. */
  WIREHOUND_COUNT_LOST_PROCESS_RECORD,
  /* The rest is in no sum. */
  WIREHOUND_COUNT_NO_FULL_SOCKET,     /* packets */
  WIREHOUND_COUNT_NO_OWNER,           /* packets with a socket no process is known of */
  WIREHOUND_COUNT_SENDER_KNOWN,       /* packets whose sender was running */
  WIREHOUND_COUNT_PROCESS_RECORDS,    /* submitted */
  WIREHOUND_COUNT_PROCESS_RETRIES,    /* attempts to submit one that found no room */
  WIREHOUND_COUNT_PROCESS_TABLE_FULL, /* touches not recorded: too many such attempts open */
  WIREHOUND_COUNTERS
};

/* Shared memory between the reader and the programs. Each word is read and written on its own: a
 * packet that comes while the plan changes gets the old amount or the new one. */
struct wirehound_control {
  __u32 reader_polls; /* the reader comes by itself within milliseconds: do not wake it */
  __u32 scope_level;  /* depth of the attached group plus one, found by the programs; 0 not yet */
  __u32 amounts[WIREHOUND_CLASS_SETS]; /* how much of a packet to copy, by its sum of classes */
};

#endif /* WIREHOUND_PROBES_SETTINGS_H_ */
