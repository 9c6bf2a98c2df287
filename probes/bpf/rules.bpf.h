/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */

/* Applies the rules of the capture plan to the headers of a packet: does any rule want it, and how
 * many bytes. The reader has compiled the rules into tables; the beginning of
 * probes/live/plan_tables.cc explains them with an example. In short:
 *
 *  1. The classes of the packet and its direction are an index. One load gives the amount of all
 *     rules without conditions, another the mask of rules with conditions that may want the packet.
 *     Without such a rule that is all.
 *  2. A rule is a bit of the mask. Whether its conditions on ports hold is computed for all
 *     rules at once, with AND and OR of masks. So are the conditions on addresses. Each costs two
 *     look-ups, and only when a rule of the mask has such a condition.
 *  3. The largest amount of the rules that are left counts.
 *
 * Anything that cannot be found out lets the packet pass. The engine filters it again, but a packet
 * that is dropped here is gone.
 *
 * The reader changes the plan while we run: it fills the copy that is not active, then changes the
 * word `active`. Read that word once per packet, so that one plan decides about all of it. */

#ifndef WIREHOUND_BPF_RULES_H_
#define WIREHOUND_BPF_RULES_H_

#include "packet.bpf.h"

struct {
	__uint(type, BPF_MAP_TYPE_ARRAY);
	__uint(map_flags, BPF_F_MMAPABLE);
	__uint(max_entries, 1);
	__type(key, __u32);
	__type(value, struct wirehound_plans);
} plans SEC(".maps");

struct {
	__uint(type, BPF_MAP_TYPE_LPM_TRIE);
	__uint(map_flags, BPF_F_NO_PREALLOC);
	__uint(max_entries, WIREHOUND_PREFIXES_MAX);
	__type(key, struct wirehound_prefix_key);
	__type(value, struct wirehound_ends);
} prefixes SEC(".maps");

/* Merges one word of two amounts: the marks (high bits) of both, and the larger number. For
 * example, "the headers" (the mark) and "20 bytes" make "the headers, at least 20 bytes".
 *
 * Without a branch: the loop over the rules calls this twice in each round, and the verifier would
 * follow both ways of every branch, round after round. `less >> 63` is all ones when `one` is the
 * smaller number, and then number - less is the other number. */
static __always_inline __u32 larger(__u32 one, __u32 other)
{
	const __u32 mark = 0x80000000u;
	__u64 number = one & ~mark;
	__s64 less = (__s64)(number - (other & ~mark));

	return ((one | other) & mark) | (__u32)(number - (less & (less >> 63)));
}

/* The mask of rules whose conditions on source, destination and either of them all hold. `source`
 * and `destination` say which rules have that end of the packet in which of their lists, `any`
 * which rules have no such list and so pass in any case. */
static __always_inline __u32 passing(const struct wirehound_ends *source,
				     const struct wirehound_ends *destination,
				     const struct wirehound_ends *any)
{
	return (source->source | any->source) & (destination->destination | any->destination) &
	       (source->either | destination->either | any->either);
}

/* The rules of the mask `rules` whose conditions on ports hold. `ports` has the source in its upper
 * half. */
static __always_inline __u32 rules_by_ports(const struct wirehound_plan *plan, __u32 rules,
					    __u32 ports)
{
	__u32 source = plan->port_set_of[ports >> 16];
	__u32 destination = plan->port_set_of[ports & 0xffff];

	return rules &
	       passing(&plan->port_sets[source], &plan->port_sets[destination], &plan->any_ports);
}

/* Looks up the address at `offset` of the packet: `ends` becomes the masks of the rules that list
 * it. When no prefix contains it, `ends` stays as it is and the result is true too. False when the
 * packet cannot be read.
 *
 * Two calls, so that the number of bytes is a constant in each for the verifier. */
static __always_inline bool find_prefix(struct __sk_buff *skb, struct wirehound_prefix_key *key,
					__u32 offset, struct wirehound_ends *ends)
{
	const struct wirehound_ends *found;

	if (key->length == 32 + 32 ? bpf_skb_load_bytes(skb, offset, key->address, 4)
				   : bpf_skb_load_bytes(skb, offset, key->address, 16))
		return false;
	found = bpf_map_lookup_elem(&prefixes, key);
	if (found)
		*ends = *found;
	return true;
}

/* The rules of the mask `rules` whose conditions on addresses hold; all of them when the packet
 * cannot be read. */
static __always_inline __u32 rules_by_addresses(struct __sk_buff *skb,
						const struct wirehound_plan *plan, __u32 rules,
						__u32 number, bool is_ipv4)
{
	struct wirehound_prefix_key key = {
		.length = is_ipv4 ? 32 + 32 : 32 + 128,
		.table = WIREHOUND_PREFIX_TABLE(number, !is_ipv4),
	};
	struct wirehound_ends source = {}, destination = {};
	const __u32 source_at =
		is_ipv4 ? offsetof(struct iphdr, saddr) : offsetof(struct ipv6hdr, saddr);
	const __u32 destination_at =
		is_ipv4 ? offsetof(struct iphdr, daddr) : offsetof(struct ipv6hdr, daddr);

	if (!find_prefix(skb, &key, source_at, &source) ||
	    !find_prefix(skb, &key, destination_at, &destination))
		return rules;
	return rules & passing(&source, &destination, &plan->any_addresses);
}

/* The largest amount of the rules of the mask whose conditions hold, in one number: `packet` in the
 * lower half, `http` in the upper. `number` is the active plan.
 *
 * noinline: the verifier checks a global function once, with unknown arguments, instead of once for
 * every path that leads to a call. In 5.10 the arguments of such a function may only be the context
 * and numbers. Hence the map is looked up here again, and `number` is masked again. */
__attribute__((noinline)) __u64 conditional_amount(struct __sk_buff *skb, __u32 number, __u32 rules,
						   __u32 classes, __u32 ports)
{
	struct wirehound_amount amount = {};
	__u32 zero = 0;
	struct wirehound_plans *both = bpf_map_lookup_elem(&plans, &zero);
	struct wirehound_plan *plan;

	if (!both)
		return 0;
	number &= 1;
	plan = &both->plans[number];
	/* Later fragments (PORTS_HIDDEN) pass all conditions on ports; ICMP and cut headers
	 * none. */
	if (classes & PORTS_KNOWN && rules & plan->port_rules)
		rules = rules_by_ports(plan, rules, ports);
	else if (!(classes & (PORTS_KNOWN | PORTS_HIDDEN)))
		rules &= ~plan->port_rules;
	if (rules & plan->address_rules)
		rules = rules_by_addresses(skb, plan, rules, number,
					   classes & WIREHOUND_CLASS_IPV4);
#pragma clang loop unroll(disable)
	for (__u32 i = 0; i < WIREHOUND_RULES && rules; i++, rules >>= 1) {
		if (!(rules & 1))
			continue;
		amount.packet = larger(amount.packet, plan->rule_amounts[i].packet);
		amount.http = larger(amount.http, plan->rule_amounts[i].http);
	}
	return (__u64)amount.http << 32 | amount.packet;
}

/* Makes `amount` as large as that of the rules with conditions. */
static __always_inline void add_conditional(struct __sk_buff *skb, const struct packet *packet,
					    __u32 number, __u32 rules,
					    struct wirehound_amount *amount)
{
	__u32 ports = (__u32)packet->source_port << 16 | packet->destination_port;
	__u64 wanted = conditional_amount(skb, number, rules, packet->classes, ports);

	amount->packet = larger(amount->packet, (__u32)wanted);
	amount->http = larger(amount->http, wanted >> 32);
}

static __always_inline bool is_nothing(const struct wirehound_amount *amount)
{
	return !amount->packet && !amount->http;
}

/* How much of the packet the rules want. SUBMITTED when it is anything, else the counter that says
 * why not: FILTERED_BY_RULES when a rule asks for such packets but its conditions or its direction
 * do not fit, FILTERED when none asks. */
static __always_inline enum wirehound_counter apply_rules(struct __sk_buff *skb,
							  const struct packet *packet,
							  __u8 direction,
							  struct wirehound_amount *amount)
{
	const __u32 way = direction == WIREHOUND_DIRECTION_EGRESS;
	const __u32 set = packet->classes & (WIREHOUND_CLASS_SETS - 1);
	__u32 zero = 0, number, rules;
	struct wirehound_plans *both = bpf_map_lookup_elem(&plans, &zero);
	struct wirehound_plan *plan;

	if (!both)
		return WIREHOUND_COUNT_FILTERED;
	/* volatile: one load. Masked, so that the verifier knows the bounds of the index. */
	number = *(volatile __u32 *)&both->active & 1;
	plan = &both->plans[number];
	*amount = plan->amounts[way][set];
	rules = plan->conditional[way][set];
	if (rules)
		add_conditional(skb, packet, number, rules, amount);
	if (!is_nothing(amount))
		return WIREHOUND_COUNT_SUBMITTED;
	if (rules || plan->conditional[!way][set] || !is_nothing(&plan->amounts[!way][set]))
		return WIREHOUND_COUNT_FILTERED_BY_RULES;
	return WIREHOUND_COUNT_FILTERED;
}

#endif /* WIREHOUND_BPF_RULES_H_ */
