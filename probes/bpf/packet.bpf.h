/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */

/* From a packet to its record: reads the headers, and copies the packet into the ring once.
 * wanted.bpf.h decides whether and how much.
 *
 * The IP version comes from the packet, not from the socket: an AF_INET6 socket carries IPv4 too.
 * Ports are found behind IPv4 options and up to EXTENSION_HEADERS_MAX IPv6 extension headers.
 * Packets are often not linear, so bytes are read with bpf_skb_load_bytes only.
 *
 * Verifier: the size of a reservation in the ring must be a constant. So there is one reservation
 * per size class, chosen by comparisons that also bound the copied length. The record is filled in
 * place: a softirq on the same CPU could overwrite any scratch memory. Needs no BTF of the
 * kernel. */

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

/* Beside the classes in packet.classes. HIDDEN: the ports are in another packet, the first
 * fragment, or behind too many extension headers. Neither: the packet has no ports, or its header
 * is cut. */
#define PORTS_KNOWN 0x100u
#define PORTS_HIDDEN 0x200u

/* The facts in the headers of a packet. Host byte order. */
struct packet {
	__u32 classes;	 /* and PORTS_* */
	__u32 transport; /* offset of the transport header */
	__u32 headers;	 /* where the headers end */
	__u32 sequence;	 /* TCP: of the first byte of payload */
	__u16 source_port;
	__u16 destination_port;
	__u8 protocol;
	__u8 tcp_flags;
};

struct owner {
	__u64 id;
	__u64 netns_cookie;
	__u32 source; /* WIREHOUND_OWNER_* */
	__s32 syscall;
	__u16 flags;  /* of the record */
	bool lost;    /* its PROCESS record found no room */
	bool outside; /* of the scope */
};

/* Makes the verifier forget which constants `value` may be. It would otherwise check the rest of
 * the program once for each of them. `any` is a number that the verifier does not know; adding and
 * subtracting it leaves the value as it is, but unknown. */
static __always_inline __u32 forget(__u32 value, __u32 any)
{
	__u64 sum = value;

	asm volatile("%0 += %1\n%0 -= %1" : "+r"(sum) : "r"((__u64)any));
	return sum;
}

static __always_inline bool has_port(const struct packet *packet, __u16 port)
{
	return packet->source_port == port || packet->destination_port == port;
}

#define WALKED_PROTOCOL(walked) ((walked)&0xff)
#define WALKED_FRAGMENT 0x100u
#define WALKED_TOO_FAR 0x200u /* too many extension headers, or one is cut */
#define WALKED_OFFSET_SHIFT 10

/* Walks the extension headers of an IPv6 packet. Returns the protocol behind them, WALKED_* flags,
 * and the offset of its header in the bits from WALKED_OFFSET_SHIFT on. noinline, so that the
 * verifier checks it once. */
__attribute__((noinline)) int walk_extensions(struct __sk_buff *skb, __u32 protocol)
{
	struct {
		__u8 next;
		__u8 length;
		__be16 offset; /* of a fragment header */
	} extension;
	__u32 offset = sizeof(struct ipv6hdr);
	bool fragment = false;

#pragma clang loop unroll(disable)
	for (int i = 0; i < EXTENSION_HEADERS_MAX; i++) {
		if (protocol != IPPROTO_HOPOPTS && protocol != IPPROTO_ROUTING &&
		    protocol != IPPROTO_DSTOPTS && protocol != IPPROTO_FRAGMENT &&
		    protocol != IPPROTO_AH)
			return protocol | offset << WALKED_OFFSET_SHIFT;
		if (bpf_skb_load_bytes(skb, offset, &extension, sizeof(extension)))
			break;
		if (protocol == IPPROTO_FRAGMENT) {
			fragment = extension.offset & bpf_htons(IPV6_OFFSET_MASK);
			offset += 8;
		} else if (protocol == IPPROTO_AH) {
			offset += (extension.length + 2) * 4;
		} else {
			offset += (extension.length + 1) * 8;
		}
		protocol = extension.next;
		if (fragment)
			return protocol | WALKED_FRAGMENT | offset << WALKED_OFFSET_SHIFT;
	}
	return IPPROTO_NONE | WALKED_TOO_FAR | offset << WALKED_OFFSET_SHIFT;
}

/* Sets the transport header's offset and protocol and the class of the IP version. False when this
 * is no IP packet. A packet whose transport header cannot be found gets all classes: it may be of
 * any. */
static __always_inline bool read_network(struct __sk_buff *skb, struct packet *packet)
{
	struct iphdr ip;
	__u32 walked;
	__u8 next;

	if (bpf_skb_load_bytes(skb, 0, &ip, sizeof(ip)))
		return false;
	if (ip.version == 4) {
		packet->classes = WIREHOUND_CLASS_IPV4;
		packet->transport = ip.ihl * 4;
		packet->protocol = ip.protocol;
		if (ip.frag_off & bpf_htons(IPV4_OFFSET_MASK))
			packet->classes |= PORTS_HIDDEN;
		return true;
	}
	if (ip.version != 6 ||
	    bpf_skb_load_bytes(skb, offsetof(struct ipv6hdr, nexthdr), &next, sizeof(next)))
		return false;
	packet->classes = WIREHOUND_CLASS_IPV6;
	walked = walk_extensions(skb, next);
	packet->transport = walked >> WALKED_OFFSET_SHIFT;
	packet->protocol = WALKED_PROTOCOL(walked);
	if (walked & WALKED_FRAGMENT)
		packet->classes |= PORTS_HIDDEN;
	if (walked & WALKED_TOO_FAR)
		packet->classes |= WIREHOUND_CLASS_TRANSPORTS | PORTS_HIDDEN;
	return true;
}

static __always_inline void read_tcp(struct __sk_buff *skb, struct packet *packet)
{
	struct tcphdr tcp;

	packet->classes |= WIREHOUND_CLASS_TCP;
	if (bpf_skb_load_bytes(skb, packet->transport, &tcp, sizeof(tcp)))
		return;
	packet->headers += tcp.doff * 4;
	packet->source_port = bpf_ntohs(tcp.source);
	packet->destination_port = bpf_ntohs(tcp.dest);
	packet->classes |= PORTS_KNOWN;
	packet->sequence = bpf_ntohl(tcp.seq) + tcp.syn;
	packet->tcp_flags = ((const __u8 *)&tcp)[13];
	if (has_port(packet, PORT_DNS))
		packet->classes |= WIREHOUND_CLASS_DNS;
	if (has_port(packet, PORT_LLMNR))
		packet->classes |= WIREHOUND_CLASS_LINK_LOCAL_DNS;
}

static __always_inline void read_udp(struct __sk_buff *skb, struct packet *packet)
{
	struct udphdr udp;

	packet->classes |= WIREHOUND_CLASS_UDP;
	if (bpf_skb_load_bytes(skb, packet->transport, &udp, sizeof(udp)))
		return;
	packet->headers += sizeof(udp);
	packet->source_port = bpf_ntohs(udp.source);
	packet->destination_port = bpf_ntohs(udp.dest);
	packet->classes |= PORTS_KNOWN;
	if (has_port(packet, PORT_DNS))
		packet->classes |= WIREHOUND_CLASS_DNS;
	if (has_port(packet, PORT_MDNS) || has_port(packet, PORT_LLMNR))
		packet->classes |= WIREHOUND_CLASS_LINK_LOCAL_DNS;
}

/* For a packet whose ports are hidden: it gets every class that depends on ports. */
static __always_inline void read_fragment(struct packet *packet)
{
	if (packet->protocol == IPPROTO_TCP)
		packet->classes |= WIREHOUND_CLASS_TCP;
	else if (packet->protocol == IPPROTO_UDP)
		packet->classes |= WIREHOUND_CLASS_UDP;
	else
		return;
	packet->classes |= WIREHOUND_CLASS_DNS | WIREHOUND_CLASS_LINK_LOCAL_DNS;
}

/* Sets the end of the headers, the ports and the classes of the protocol. */
static __always_inline void read_transport(struct __sk_buff *skb, struct packet *packet)
{
	packet->headers = packet->transport;
	if (packet->classes & PORTS_HIDDEN) {
		read_fragment(packet);
		return;
	}
	switch (packet->protocol) {
	case IPPROTO_TCP:
		read_tcp(skb, packet);
		break;
	case IPPROTO_UDP:
		read_udp(skb, packet);
		break;
	case IPPROTO_ICMP:
		packet->classes |= WIREHOUND_CLASS_ICMP;
		packet->headers += ICMP_HEADER_SIZE;
		break;
	case IPPROTO_ICMPV6:
		packet->classes |= WIREHOUND_CLASS_ICMPV6;
		packet->headers += ICMP_HEADER_SIZE;
		break;
	}
}

/* Reads all headers. False when this is no IP packet. */
static __always_inline bool read_packet(struct __sk_buff *skb, struct packet *packet)
{
	if (!read_network(skb, packet))
		return false;
	/* Every class and offset comes from one of few branches. Without forgetting them here, the
	 * verifier would check the rules once for each combination. */
	packet->classes = forget(packet->classes, skb->len);
	packet->transport = forget(packet->transport, skb->len);
	packet->protocol = forget(packet->protocol, skb->len);
	read_transport(skb, packet);
	packet->classes = forget(packet->classes, skb->len);
	packet->headers = forget(packet->headers, skb->len);
	packet->tcp_flags = forget(packet->tcp_flags, skb->len);
	packet->sequence = forget(packet->sequence, skb->len);
	packet->source_port = forget(packet->source_port, skb->len);
	packet->destination_port = forget(packet->destination_port, skb->len);
	return true;
}

/* Reserves a place for up to `capacity` bytes, a constant at each call, and fills it.
 *
 * The verifier needs to see that 1 <= bytes <= capacity. The compiler knows it already and would
 * drop the check: the empty asm hides the value from it. `bytes - 1 < capacity` checks both ends in
 * one comparison, since verifiers up to 6.12 learn nothing here from `bytes != 0`. */
static __always_inline enum wirehound_counter
write_record(struct __sk_buff *skb, const struct wirehound_wire_packet *header, __u64 bytes,
	     const __u32 capacity)
{
	struct wirehound_wire_packet *record;
	__u64 last = bytes - 1;

	asm volatile("" : "+r"(last));
	if (last >= capacity)
		return WIREHOUND_COUNT_LOST_COPY_FAILED;
	bytes = last + 1;
	asm volatile("" : "+r"(bytes));
	record = bpf_ringbuf_reserve(&ring, sizeof(*record) + capacity, 0);
	if (!record)
		return WIREHOUND_COUNT_LOST_RING_FULL;
	*record = *header;
	record->lost = lost_so_far();
	if (bpf_skb_load_bytes(skb, 0, record + 1, bytes)) {
		bpf_ringbuf_discard(record, BPF_RB_NO_WAKEUP);
		return WIREHOUND_COUNT_LOST_COPY_FAILED;
	}
	bpf_ringbuf_submit(record, wakeup_flags(sizeof(*record) + capacity));
	return WIREHOUND_COUNT_SUBMITTED;
}

/* Submits a record with the first `bytes` bytes, 1 to CAPTURE_MAX, in the smallest size class. */
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
		.netns_cookie = owner->netns_cookie,
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

/* Copies the owner from the socket's storage, and submits its PROCESS record when that is
 * pending. */
static __always_inline void owner_from_socket(struct owner *owner,
					      const struct wirehound_socket_owner *socket)
{
	__u64 word = *(volatile const __u64 *)&socket->owner;
	__u64 how;

	owner->netns_cookie = socket->netns_cookie;
	if (settings.own_netns_cookie && socket->netns_cookie == settings.own_netns_cookie)
		owner->flags |= WIREHOUND_WIRE_OWN_NETNS;
	if (!word)
		return;
	owner->id = word & ~OWNER_MARKS;
	how = *(volatile const __u64 *)&socket->how;
	owner->source = how ? how : WIREHOUND_OWNER_SOCKET;
	owner->outside = word & OWNER_OUTSIDE;
	if (word & OWNER_PENDING)
		owner->lost = !announce_pending(owner->id);
}

#endif /* WIREHOUND_BPF_PACKET_H_ */
