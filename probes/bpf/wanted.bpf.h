/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */

/* Is a packet wanted, and how much of it: what its headers say, the rules, what its connection
 * speaks. Nothing here needs BTF of the kernel. */

#ifndef WIREHOUND_BPF_WANTED_H_
#define WIREHOUND_BPF_WANTED_H_

#include "http.bpf.h"
#include "rules.bpf.h"

/* How many bytes an amount is of this packet, by the rules alone. */
static __always_inline __u32 bytes_of(__u32 amount, const struct packet *packet)
{
	__u32 bytes = amount & ~WIREHOUND_AMOUNT_HEADERS;

	return amount & WIREHOUND_AMOUNT_HEADERS && packet->headers > bytes ? packet->headers
									     : bytes;
}

/* SUBMITTED, and in `bytes` how many to copy, at least one; or the counter that says why not. */
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
		__u32 http = http_bytes(skb, &packet, direction,
					amount.http & ~WIREHOUND_AMOUNT_HTTP);

		wanted = http > wanted ? http : wanted;
	}
	if (wanted > skb->len)
		wanted = skb->len;
	*bytes = wanted < CAPTURE_MAX ? wanted : CAPTURE_MAX;
	return wanted ? WIREHOUND_COUNT_SUBMITTED : WIREHOUND_COUNT_FILTERED;
}

/* With a scope, packets of nobody are nobody's business, but those of a connection that is not
 * accepted yet may turn out to be of somebody in it. */
static __always_inline bool is_outside_scope(const struct owner *owner)
{
	if (!settings.scope.uids && !settings.scope.comms && !settings.scope.cgroups)
		return false;
	return !owner->id || (owner->outside && owner->source != WIREHOUND_OWNER_LISTENER);
}

/* Hands a wanted packet over unless its owner stands against it. */
static __always_inline enum wirehound_counter submit_owned(struct __sk_buff *skb,
							   const struct owner *owner,
							   __u8 direction, __u32 bytes)
{
	if (is_outside_scope(owner))
		return WIREHOUND_COUNT_FILTERED_BY_SCOPE;
	if (owner->lost)
		return WIREHOUND_COUNT_LOST_PROCESS_RECORD;
	return submit_packet(skb, owner, direction, bytes);
}

#endif /* WIREHOUND_BPF_WANTED_H_ */
