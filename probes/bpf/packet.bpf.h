/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */

/* From a packet to its record: is it wanted, how much of it, and into the ring in one copy.
 *
 * The IP version is taken from the packet, not from the socket: an AF_INET6 socket carries IPv4
 * too. Ports are looked for behind IPv4 options and a bounded number of IPv6 extension headers.
 * Packets are often not linear, so bytes are read with bpf_skb_load_bytes only.
 *
 * Verifier: a ring place has a constant size, so there is one reserve per size class, chosen by
 * comparisons that also bound the copied length. The record is filled in place: no scratch memory
 * that a softirq on the same CPU could overwrite. Nothing here needs BTF of the kernel. */

#ifndef WIREHOUND_BPF_PACKET_H_
#define WIREHOUND_BPF_PACKET_H_

#include <linux/bpf.h>
#include <linux/in.h>
#include <linux/ip.h>
#include <linux/ipv6.h>
#include <linux/tcp.h>
#include <linux/udp.h>
#include <stdbool.h>

#include <bpf/bpf_endian.h>
#include <bpf/bpf_helpers.h>
#include <wirehound/abi/detector_abi.h>

#include "maps.bpf.h"

#define EXTENSION_HEADERS_MAX 6
#define CAPTURE_MAX 524288 /* the longest GSO packet is a little shorter */

#define PORT_DNS 53
#define PORT_MDNS 5353
#define PORT_LLMNR 5355

#define IPV4_OFFSET_MASK 0x1fff
#define IPV6_OFFSET_MASK 0xfff8
#define ICMP_HEADER_SIZE 8

/* Where the transport header is. */
struct transport {
	__u32 offset;
	__u8 protocol;
	bool fragment; /* not the first: no transport header here */
};

struct owner {
	__u64 id;
	__u32 source; /* WIREHOUND_OWNER_* */
	__s32 syscall;
	__u16 flags; /* of the record */
	bool lost;   /* its PROCESS record found no room */
};

static __always_inline bool has_port(__be16 source, __be16 destination, __u16 port)
{
	return source == bpf_htons(port) || destination == bpf_htons(port);
}

/* Walks the extension headers of an IPv6 packet; false when there are too many or one is cut. */
static __always_inline bool skip_extensions(struct __sk_buff *skb, struct transport *transport)
{
	struct {
		__u8 next;
		__u8 length;
		__be16 offset; /* of a fragment header */
	} extension;

#pragma clang loop unroll(full)
	for (int i = 0; i < EXTENSION_HEADERS_MAX; i++) {
		switch (transport->protocol) {
		case IPPROTO_HOPOPTS:
		case IPPROTO_ROUTING:
		case IPPROTO_DSTOPTS:
		case IPPROTO_FRAGMENT:
		case IPPROTO_AH:
			break;
		default:
			return true;
		}
		if (bpf_skb_load_bytes(skb, transport->offset, &extension, sizeof(extension)))
			return false;
		if (transport->protocol == IPPROTO_FRAGMENT) {
			if (extension.offset & bpf_htons(IPV6_OFFSET_MASK))
				transport->fragment = true;
			transport->offset += 8;
		} else if (transport->protocol == IPPROTO_AH) {
			transport->offset += (extension.length + 2) * 4;
		} else {
			transport->offset += (extension.length + 1) * 8;
		}
		transport->protocol = extension.next;
		if (transport->fragment)
			return true;
	}
	return false;
}

/* Finds the transport header and notes the class of the family. False
 * when this is no IP packet. A header that cannot be reached leaves protocol IPPROTO_NONE. */
static __always_inline bool read_network(struct __sk_buff *skb, __u32 *classes,
					 struct transport *transport)
{
	struct iphdr ip;
	__u8 next;

	if (bpf_skb_load_bytes(skb, 0, &ip, sizeof(ip)))
		return false;
	if (ip.version == 4) {
		*classes |= WIREHOUND_CLASS_IPV4;
		transport->offset = ip.ihl * 4;
		transport->protocol = ip.protocol;
		transport->fragment = ip.frag_off & bpf_htons(IPV4_OFFSET_MASK);
		return true;
	}
	if (ip.version != 6 ||
	    bpf_skb_load_bytes(skb, offsetof(struct ipv6hdr, nexthdr), &next, sizeof(next)))
		return false;
	*classes |= WIREHOUND_CLASS_IPV6;
	transport->offset = sizeof(struct ipv6hdr);
	transport->protocol = next;
	if (!skip_extensions(skb, transport))
		transport->protocol = IPPROTO_NONE;
	return true;
}

static __always_inline __u32 read_tcp(struct __sk_buff *skb, __u32 *classes, __u32 offset)
{
	struct tcphdr tcp;

	*classes |= WIREHOUND_CLASS_TCP;
	if (bpf_skb_load_bytes(skb, offset, &tcp, sizeof(tcp)))
		return offset;
	if (has_port(tcp.source, tcp.dest, PORT_DNS))
		*classes |= WIREHOUND_CLASS_DNS;
	if (has_port(tcp.source, tcp.dest, PORT_LLMNR))
		*classes |= WIREHOUND_CLASS_LINK_LOCAL_DNS;
	return offset + tcp.doff * 4;
}

static __always_inline __u32 read_udp(struct __sk_buff *skb, __u32 *classes, __u32 offset)
{
	struct udphdr udp;

	*classes |= WIREHOUND_CLASS_UDP;
	if (bpf_skb_load_bytes(skb, offset, &udp, sizeof(udp)))
		return offset;
	if (has_port(udp.source, udp.dest, PORT_DNS))
		*classes |= WIREHOUND_CLASS_DNS;
	if (has_port(udp.source, udp.dest, PORT_MDNS) || has_port(udp.source, udp.dest, PORT_LLMNR))
		*classes |= WIREHOUND_CLASS_LINK_LOCAL_DNS;
	return offset + sizeof(udp);
}

/* The ports are in another packet: it may be any of what is looked for by port. */
static __always_inline void read_fragment(__u32 *classes, __u8 protocol)
{
	if (protocol == IPPROTO_TCP)
		*classes |= WIREHOUND_CLASS_TCP;
	else if (protocol == IPPROTO_UDP)
		*classes |= WIREHOUND_CLASS_UDP;
	else
		return;
	*classes |= WIREHOUND_CLASS_DNS;
	*classes |= WIREHOUND_CLASS_LINK_LOCAL_DNS;
}

/* The end of the headers; notes the classes of the protocol. */
static __always_inline __u32 read_transport(struct __sk_buff *skb, __u32 *classes,
					    const struct transport *transport)
{
	__u32 offset = transport->offset;

	if (transport->fragment) {
		read_fragment(classes, transport->protocol);
		return offset;
	}
	switch (transport->protocol) {
	case IPPROTO_TCP:
		return read_tcp(skb, classes, offset);
	case IPPROTO_UDP:
		return read_udp(skb, classes, offset);
	case IPPROTO_ICMP:
		*classes |= WIREHOUND_CLASS_ICMP;
		return offset + ICMP_HEADER_SIZE;
	case IPPROTO_ICMPV6:
		*classes |= WIREHOUND_CLASS_ICMPV6;
		return offset + ICMP_HEADER_SIZE;
	default:
		return offset;
	}
}

/* How many bytes of the packet to copy; 0 when it is not wanted. The reader may change the amounts
 * at any time. One load whatever the classes: cheaper than asking for each, and the verifier need
 * not follow what is wanted of which. */
static __always_inline __u32 wanted_bytes(struct __sk_buff *skb)
{
	__u32 zero = 0;
	struct wirehound_control *shared = bpf_map_lookup_elem(&control, &zero);
	struct transport transport = {};
	__u32 classes = 0, headers, amount, bytes;

	if (!shared || !read_network(skb, &classes, &transport))
		return 0;
	headers = read_transport(skb, &classes, &transport);
	amount = *(volatile __u32 *)&shared->amounts[classes & (WIREHOUND_CLASS_SETS - 1)];
	bytes = amount & ~WIREHOUND_AMOUNT_HEADERS;
	if (amount & WIREHOUND_AMOUNT_HEADERS && headers > bytes)
		bytes = headers;
	if (bytes > skb->len)
		bytes = skb->len;
	return bytes < CAPTURE_MAX ? bytes : CAPTURE_MAX;
}

/* Reserves a place for up to `capacity` bytes, a constant here, and fills it. The compiler knows
 * that the length fits and would drop the check the verifier needs: hide it from the compiler. */
static __always_inline enum wirehound_counter
write_record(struct __sk_buff *skb, const struct wirehound_wire_packet *header, __u64 bytes,
	     const __u32 capacity)
{
	struct wirehound_wire_packet *record;

	asm volatile("" : "+r"(bytes));
	if (bytes == 0 || bytes > capacity)
		return WIREHOUND_COUNT_LOST_COPY_FAILED;
	record = bpf_ringbuf_reserve(&ring, sizeof(*record) + capacity, 0);
	if (!record)
		return WIREHOUND_COUNT_LOST_RING_FULL;
	*record = *header;
	if (bpf_skb_load_bytes(skb, 0, record + 1, bytes)) {
		bpf_ringbuf_discard(record, BPF_RB_NO_WAKEUP);
		return WIREHOUND_COUNT_LOST_COPY_FAILED;
	}
	bpf_ringbuf_submit(record, wakeup_flags(sizeof(*record) + capacity));
	return WIREHOUND_COUNT_SUBMITTED;
}

/* Picks the smallest size class that holds `bytes`, which is 1 to CAPTURE_MAX. */
static __always_inline enum wirehound_counter
submit_packet(struct __sk_buff *skb, const struct owner *owner, __u8 direction, __u32 bytes)
{
	struct wirehound_wire_packet header = {
		.header =
			{
				.version = WIREHOUND_WIRE_VERSION,
				.type = WIREHOUND_WIRE_PACKET,
				.header_size = sizeof(header),
				.total_size = sizeof(header) + bytes,
			},
		.timestamp_ns = bpf_ktime_get_boot_ns(),
		.owner_id = owner->id,
		.packet_length = skb->len,
		.captured_length = bytes,
		.interface_index = skb->ifindex,
		.cpu = bpf_get_smp_processor_id(),
		.syscall = owner->syscall,
		.direction = direction,
		.owner_source = owner->source,
		.flags = owner->flags,
	};

#define WRITE_UP_TO(capacity)    \
	if (bytes <= (capacity)) \
	return write_record(skb, &header, bytes, (capacity))

	WRITE_UP_TO(64);
	WRITE_UP_TO(128);
	WRITE_UP_TO(256);
	WRITE_UP_TO(512);
	WRITE_UP_TO(1024);
	WRITE_UP_TO(2048);
	WRITE_UP_TO(4096);
	WRITE_UP_TO(8192);
	WRITE_UP_TO(16384);
	WRITE_UP_TO(32768);
	WRITE_UP_TO(65536);
	WRITE_UP_TO(131072);
	WRITE_UP_TO(262144);
	WRITE_UP_TO(524288);
#undef WRITE_UP_TO
	return WIREHOUND_COUNT_LOST_COPY_FAILED;
}

/* Takes over what a socket says about its owner. */
static __always_inline void owner_from_socket(struct owner *owner,
					      const struct socket_owner *socket)
{
	__u64 word = *(volatile const __u64 *)&socket->owner;

	if (settings.own_netns_cookie && socket->netns_cookie == settings.own_netns_cookie)
		owner->flags |= WIREHOUND_WIRE_OWN_NETNS;
	if (!word)
		return;
	owner->id = word & ~OWNER_PENDING;
	owner->source = WIREHOUND_OWNER_SOCKET;
	if (word & OWNER_PENDING)
		owner->lost = !announce_pending(owner->id);
}

#endif /* WIREHOUND_BPF_PACKET_H_ */
