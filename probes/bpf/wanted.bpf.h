/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */

/* Decides whether a packet is wanted and how much of it: from its headers (packet.bpf.h), the rules
 * of the plan (rules.bpf.h), and whether its connection speaks HTTP (http.bpf.h). Then submits it,
 * unless its owner is out of scope. Needs no BTF of the kernel. */

#ifndef WIREHOUND_BPF_WANTED_H_
#define WIREHOUND_BPF_WANTED_H_

#include "http.bpf.h"
#include "rules.bpf.h"

/* The number of bytes that an amount means for this packet. HTTP aside. */
static __always_inline __u32 bytes_of(__u32 amount, const struct packet *packet)
{
	__u32 bytes = amount & ~WIREHOUND_AMOUNT_HEADERS;

	return amount & WIREHOUND_AMOUNT_HEADERS && packet->headers > bytes ? packet->headers
									    : bytes;
}

/* SUBMITTED, with the number of bytes to copy, at least 1, in `bytes`; else the counter that says
 * why not. */
static __always_inline enum wirehound_counter wanted_bytes(struct __sk_buff *skb, __u8 direction,
							   __u32 *bytes)
{
	struct packet packet = {};
	struct wirehound_amount amount;
	enum wirehound_counter verdict;
	__u32 wanted;

	if (!read_packet(skb, &packet))
		return WIREHOUND_COUNT_FILTERED;
	verdict = apply_rules(skb, &packet, direction, &amount);
	if (verdict != WIREHOUND_COUNT_SUBMITTED)
		return verdict;
	wanted = bytes_of(amount.packet, &packet);
	if (amount.http && wanted < skb->len) {
		__u32 http =
			http_bytes(skb, &packet, direction, amount.http & ~WIREHOUND_AMOUNT_HTTP);

		wanted = http > wanted ? http : wanted;
	}
	if (wanted > skb->len)
		wanted = skb->len;
	*bytes = wanted < CAPTURE_MAX ? wanted : CAPTURE_MAX;
	return wanted ? WIREHOUND_COUNT_SUBMITTED : WIREHOUND_COUNT_FILTERED;
}

/* Whether the scope excludes the packet. With a scope, packets without an owner are out. A
 * connection that is not accepted yet has its listener as the owner. The process that accepts it
 * may be in the scope when the listener is not, so such a packet is never out. */
static __always_inline bool is_outside_scope(const struct owner *owner)
{
	if (!settings.scope.uids && !settings.scope.comms && !settings.scope.cgroups)
		return false;
	return !owner->id || (owner->outside && owner->source != WIREHOUND_OWNER_LISTENER);
}

/* Submits a wanted packet, unless it is out of scope or the record of its owner is lost. */
static __always_inline enum wirehound_counter
submit_owned(struct __sk_buff *skb, const struct owner *owner, __u8 direction, __u32 bytes)
{
	if (is_outside_scope(owner))
		return WIREHOUND_COUNT_FILTERED_BY_SCOPE;
	if (owner->lost)
		return WIREHOUND_COUNT_LOST_PROCESS_RECORD;
	return submit_packet(skb, owner, direction, bytes);
}

#endif /* WIREHOUND_BPF_WANTED_H_ */
