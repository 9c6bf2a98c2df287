/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */

/* The rules of the capture plan, asked of the headers of a packet. What depends on classes and
 * direction alone was worked out by the reader and is one load. Conditions on ports and addresses
 * cost a look-up each, and only where a rule with such conditions may want the packet.
 *
 * The reader changes the plan by filling the copy that is not in use, then the word that says which
 * one is: a packet is judged by one plan from beginning to end. */

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

/* One part of an amount, made as large as the other: the high bit is a mark, the rest a number.
 * Without a branch: the verifier would follow both ways for every rule. */
static __always_inline __u32 larger(__u32 one, __u32 other)
{
	const __u32 mark = 0x80000000u;
	__u64 number = one & ~mark;
	__s64 less = (__s64)(number - (other & ~mark)); /* negative when it is */

	return ((one | other) & mark) | (__u32)(number - (less & (less >> 63)));
}

/* The rules whose conditions on source, destination and either of them hold. */
static __always_inline __u32 passing(const struct wirehound_ends *source,
				     const struct wirehound_ends *destination,
				     const struct wirehound_ends *any)
{
	return (source->source | any->source) & (destination->destination | any->destination) &
	       (source->either | destination->either | any->either);
}

static __always_inline __u32 rules_by_ports(const struct wirehound_plan *plan, __u32 rules,
					    __u32 ports)
{
	__u32 source = plan->port_set_of[ports >> 16];
	__u32 destination = plan->port_set_of[ports & 0xffff];

	return rules &
	       passing(&plan->port_sets[source], &plan->port_sets[destination], &plan->any_ports);
}

/* What is known of the address at `offset`: nothing when it is in no prefix. */
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

static __always_inline __u32 rules_by_addresses(struct __sk_buff *skb,
						const struct wirehound_plan *plan, __u32 rules,
						__u32 number, bool is_ipv4)
{
	struct wirehound_prefix_key key = {
		.length = is_ipv4 ? 32 + 32 : 32 + 128,
		.table = WIREHOUND_PREFIX_TABLE(number, !is_ipv4),
	};
	struct wirehound_ends source = {}, destination = {};
	const __u32 source_at = is_ipv4 ? offsetof(struct iphdr, saddr)
					: offsetof(struct ipv6hdr, saddr);
	const __u32 destination_at = is_ipv4 ? offsetof(struct iphdr, daddr)
					     : offsetof(struct ipv6hdr, daddr);

	if (!find_prefix(skb, &key, source_at, &source) ||
	    !find_prefix(skb, &key, destination_at, &destination))
		return rules;
	return rules & passing(&source, &destination, &plan->any_addresses);
}

/* What those of `rules` want whose conditions hold: an amount in one number, its second word above.
 * A function of its own, so that the verifier goes through it once. */
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

/* The same, added to what the rules without conditions want. */
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

/* How much of the packet the rules want: SUBMITTED, or why nothing. */
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
