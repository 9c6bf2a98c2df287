/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */

/* Recognises HTTP by content and decides how much of each TCP segment to copy. A connection counts
 * as HTTP, on any port, once a segment begins like a request, a response or the preface of HTTP/2.
 *
 * Example: a client sends "GET /a HTTP/1.1 ... CR LF CR LF", the server answers with a head of 300
 * bytes and a body of 1 MB, in segments of 32 KiB. The program copies the request, the first
 * segment of the response up to the end of the head, and of the other segments only the packet
 * headers. In general:
 *  - A head is copied whole, however many segments it takes.
 *  - A segment in which a head ends is copied up to that end, other segments of a body as
 *    headers. Both get as many bytes of the body as the plan asks for.
 *  - A segment of up to SMALL_SEGMENT bytes is copied whole: copying costs less than searching.
 *  - A segment that arrives late or again is copied whole, since the state has moved on.
 *  - Everything is copied once the connection speaks HTTP/2 or sends a request before the last was
 *    answered (pipelining): then heads may begin anywhere, not only at the start of a segment.
 * Before the preface, a server of HTTP/2 may send frames: a small segment that looks like one is
 * copied. Of all other connections only SYN, FIN and RST packets are copied, as headers.
 *
 * A connection has state in its socket's storage, created when something looks like HTTP. Nothing
 * locks it, and two CPUs may see packets of one direction at the same time. The worst outcomes are
 * that a segment is copied needlessly, or that the middle of a head in several segments is missed,
 * which the reader sees as a gap in the stream.
 *
 * The programs do not decode messages: neither lengths nor chunks. So they miss a head that begins
 * in the middle of a large segment behind a body, unless they saw pipelining before.
 *
 * What the verifier forced: it checks every path, and a byte-wise search has one per byte. So text
 * is compared in words of eight bytes without branches (http_start.h), the search runs in chunks of
 * SCAN_CHUNK bytes in a separate function, and noinline functions are checked once each. Their
 * arguments are the context and numbers, and so are their results: some pack two into one. */

#ifndef WIREHOUND_BPF_HTTP_H_
#define WIREHOUND_BPF_HTTP_H_

#include "packet.bpf.h"
#include "probes/bpf/http_start.h"

#define TCP_FIN 0x01
#define TCP_SYN 0x02
#define TCP_RST 0x04

#define SMALL_SEGMENT 4096
#define HEAD_MAX 65536 /* bytes of a head that the decoder reads at most */
#define BLANK_MAX 16   /* bytes of empty lines in front of a head that are skipped */

#define SCAN_CHUNK 128
#define SCAN_CHUNKS_MAX 32

enum http_state {
	HTTP_NEW,   /* no segment yet */
	HTTP_START, /* the segments so far are the first bytes of what may be a head */
	HTTP_HEAD,  /* inside a head */
	HTTP_BODY,  /* in a body or between messages */
};

enum http_turn {
	HTTP_UNASKED,  /* no request was seen */
	HTTP_ASKED,    /* a request waits for its final response */
	HTTP_ANSWERED, /* the last request has its final response */
};

/* One direction of a connection. */
struct http_side {
	__u64 start; /* HTTP_START: the first bytes so far, up to eight */
	__u32 start_size;
	__u32 next;	  /* sequence number behind the last segment */
	__u32 head_bytes; /* of the present head, so far */
	__u16 last_bytes; /* HTTP_HEAD: the last two bytes so far; its end may begin there */
	__u8 state;
	__u8 reserved;
};

struct http_connection {
	struct http_side sides[WIREHOUND_DIRECTIONS];
	__u8 known; /* a head was seen: this is HTTP */
	__u8 whole; /* everything is copied */
	__u8 turn;
	__u8 reserved[5];
};

struct {
	__uint(type, BPF_MAP_TYPE_SK_STORAGE);
	__uint(map_flags, BPF_F_NO_PREALLOC);
	__type(key, int);
	__type(value, struct http_connection);
} http_connections SEC(".maps");

/* Returns `size`, which is 1 to `most`, in a form in which every verifier sees these bounds. `most`
 * is a power of two. Masking `size - 1` shows both ends; older verifiers learn nothing from a
 * comparison with 0. The asm keeps the compiler, which knows the bounds, from dropping the mask. */
static __always_inline __u32 bounded(__u64 size, const __u32 most)
{
	size--;
	asm volatile("" : "+r"(size));
	return (size & (most - 1)) + 1;
}

/* Looks for the end of a head in the chunk at `offset`. Returns in the lower half the offset in the
 * packet behind that end, 0 when it is not here; in the upper half the last two bytes of the chunk.
 * `last_bytes` are those of the chunk before. noinline, so that the verifier checks it once and not
 * for each chunk. */
__attribute__((noinline)) __u64 find_in_chunk(struct __sk_buff *skb, __u32 offset, __u32 last_bytes)
{
	__u64 words[SCAN_CHUNK / 8] = {};
	__u64 before = (__u64)last_bytes << 48;
	__s64 missing = (__s64)(skb->len - offset) - SCAN_CHUNK;
	/* The smaller of the chunk and the rest of the packet, without a branch. */
	__u64 size = bounded(SCAN_CHUNK + (missing & (missing >> 63)), SCAN_CHUNK);

	if (bpf_skb_load_bytes(skb, offset, words, size))
		return 0;
#pragma clang loop unroll(full)
	for (int i = 0; i < SCAN_CHUNK / 8; i++) {
		__u32 end = wirehound_http_head_end(words[i], before);

		/* An end behind `size` is not in the packet. */
		if (end)
			return i * 8 + end <= size ? offset + i * 8 + end : 0;
		before = words[i];
	}
	return before >> 48 << 32;
}

/* The offset in the packet behind the end of a head that continues at `offset`; 0 when the end is
 * not within SCAN_CHUNKS_MAX chunks. */
__attribute__((noinline)) int find_head_end(struct __sk_buff *skb, __u32 offset, __u32 last_bytes)
{
#pragma clang loop unroll(disable)
	for (int i = 0; i < SCAN_CHUNKS_MAX; i++, offset += SCAN_CHUNK) {
		__u64 found;

		if (offset >= skb->len)
			return 0;
		found = find_in_chunk(skb, offset, last_bytes);
		if ((__u32)found)
			return found;
		last_bytes = found >> 32;
	}
	return 0;
}

/* Reads the bytes from `offset` on into `start`, at most `room` and at most 8; returns how many. */
static __always_inline __u32 read_start(struct __sk_buff *skb, __u32 offset, __u32 room,
					__u64 *start)
{
	__u64 size = skb->len - offset;

	*start = 0;
	if (size >= 8 && room >= 8)
		return bpf_skb_load_bytes(skb, offset, start, 8) ? 0 : 8;
	if (size > room)
		size = room;
	if (size == 0)
		return 0;
	return bpf_skb_load_bytes(skb, offset, start, bounded(size, 8)) ? 0 : size;
}

/* The result of judge: what the text looks like in the low bits, its offset above. */
#define JUDGED_BITS 3
#define JUDGED_START(judged) ((enum wirehound_http_start)((judged) & ((1u << JUDGED_BITS) - 1)))
#define JUDGED_OFFSET(judged) ((judged) >> JUDGED_BITS)

/* Skips empty lines from `offset` on, which RFC 9112 section 2.2 allows before a request, and
 * judges what begins behind them. */
__attribute__((noinline)) int judge(struct __sk_buff *skb, __u32 offset)
{
	__u64 start;
	__u32 size = read_start(skb, offset, 8, &start);

#pragma clang loop unroll(disable)
	for (int i = 0; i < BLANK_MAX && ((__u8)start == '\r' || (__u8)start == '\n'); i++) {
		offset++;
		if (offset >= skb->len)
			return offset << JUDGED_BITS | WIREHOUND_STARTS_BEGINNING;
		size = read_start(skb, offset, 8, &start);
	}
	return offset << JUDGED_BITS | wirehound_http_judge(start, size);
}

static __always_inline bool is_start(enum wirehound_http_start start)
{
	return start != WIREHOUND_STARTS_NOTHING && start != WIREHOUND_STARTS_FRAME;
}

/* Whether the response at `offset` is final, unlike "100 Continue". */
static __always_inline bool is_final(struct __sk_buff *skb, __u32 offset)
{
	char digit = 0;

	bpf_skb_load_bytes(skb, offset + sizeof("HTTP/1.1 ") - 1, &digit, 1);
	return digit != '1';
}

/* Updates the turn after a head. Two requests or two final responses in a row mean pipelining. */
static __always_inline void take_turn(struct http_connection *connection,
				      enum wirehound_http_start start, bool final)
{
	if (start == WIREHOUND_STARTS_REQUEST) {
		if (connection->turn == HTTP_ASKED)
			connection->whole = 1;
		connection->turn = HTTP_ASKED;
	} else if (final) {
		if (connection->turn == HTTP_ANSWERED)
			connection->whole = 1;
		if (connection->turn == HTTP_ASKED)
			connection->turn = HTTP_ANSWERED;
	}
}

/* The head goes on behind this segment, since its end was not found in it. A long segment was
 * searched only in part. So its last four bytes are checked too: there the end of a long head
 * usually is. */
static __always_inline void keep_in_head(struct __sk_buff *skb, struct http_side *side,
					 __u32 payload)
{
	__u32 last = 0;

	side->head_bytes += payload;
	side->state = side->head_bytes > HEAD_MAX ? HTTP_BODY : HTTP_HEAD;
	if (payload < 4) {
		bpf_skb_load_bytes(skb, skb->len - 1, (__u8 *)&last + 3, 1);
		last |= (__u32)(side->last_bytes & 0xff00) << 8;
		if (payload > 1)
			bpf_skb_load_bytes(skb, skb->len - 2, (__u8 *)&last + 2, 1);
	} else {
		bpf_skb_load_bytes(skb, skb->len - 4, &last, 4);
		if (last == 0x0a0d0a0d) /* CR LF CR LF */
			side->state = HTTP_BODY;
	}
	side->last_bytes = last >> 16;
}

/* How much to copy of a segment that is part of a head from `offset` on: up to the end of the
 * head. */
static __always_inline __u32 head_bytes(struct __sk_buff *skb, struct http_connection *connection,
					struct http_side *side, __u32 offset, __u32 payload,
					__u32 body_bytes)
{
	__u32 end = find_head_end(skb, offset, side->last_bytes);

	if (!end) {
		keep_in_head(skb, side, payload);
		return skb->len;
	}
	side->state = HTTP_BODY;
	if (end >= skb->len)
		return skb->len;
	if (is_start(JUDGED_START(judge(skb, end)))) {
		connection->whole = 1; /* the next one is right behind it */
		return skb->len;
	}
	return payload <= SMALL_SEGMENT ? skb->len : end + body_bytes;
}

/* Judges the first bytes of a direction or a message, together with those of earlier segments, and
 * keeps them for a later segment. */
static __always_inline enum wirehound_http_start add_start(struct __sk_buff *skb,
							   struct http_side *side, __u32 offset)
{
	__u32 have = side->state == HTTP_START ? side->start_size & 7 : 0;
	__u64 start;
	__u32 size = read_start(skb, offset, 8 - have, &start);

	if (have)
		start = side->start | start << (have * 8);
	side->start = start;
	side->start_size = have + size;
	return wirehound_http_judge(start, have + size);
}

/* How much to copy of the next segment in order of a connection with state. */
static __always_inline __u32 segment_bytes(struct __sk_buff *skb,
					   struct http_connection *connection,
					   struct http_side *side, __u32 headers, __u32 body_bytes)
{
	__u32 payload = skb->len - headers, offset = headers, bytes;
	enum wirehound_http_start verdict;

	if (side->state != HTTP_HEAD) {
		if (side->state != HTTP_START)
			offset = JUDGED_OFFSET(judge(skb, headers));
		verdict =
			offset < skb->len ? add_start(skb, side, offset) : WIREHOUND_STARTS_NOTHING;
		side->state = HTTP_BODY;
		if (!is_start(verdict)) {
			if (!connection->known)
				return 0;
			return payload <= SMALL_SEGMENT ? skb->len : headers + body_bytes;
		}
		if (verdict == WIREHOUND_STARTS_BEGINNING) {
			side->state = HTTP_START;
			return skb->len;
		}
		connection->known = 1;
		if (verdict == WIREHOUND_STARTS_HTTP2)
			connection->whole = 1;
		else
			take_turn(connection, verdict, is_final(skb, offset));
		side->head_bytes = 0;
		side->last_bytes = 0;
	}
	bytes = head_bytes(skb, connection, side, offset, payload, body_bytes);
	return connection->whole ? skb->len : bytes;
}

/* How much to copy of a segment from before the place that the state has reached: it fills a hole
 * or was sent again. */
static __always_inline __u32 late_bytes(struct __sk_buff *skb, struct http_connection *connection,
					__u32 headers)
{
	__u32 judged;

	if (!connection->known)
		return 0;
	if (connection->turn == HTTP_ASKED) {
		judged = judge(skb, headers);
		if (JUDGED_START(judged) == WIREHOUND_STARTS_RESPONSE &&
		    is_final(skb, JUDGED_OFFSET(judged)))
			connection->turn = HTTP_ANSWERED;
	}
	return skb->len;
}

/* The state of the connection; with `begins` it is created. NULL when there is none, or no room for
 * a new one. */
static __always_inline struct http_connection *connection_of(struct bpf_sock *sk, bool begins)
{
	if (sk)
		sk = bpf_sk_fullsock(sk);
	/* A listener sees packets of many connections, so its storage cannot hold the state of one.
	 */
	if (!sk || sk->state == BPF_TCP_LISTEN)
		return NULL;
	return bpf_sk_storage_get(&http_connections, sk, NULL,
				  begins ? BPF_SK_STORAGE_GET_F_CREATE : 0);
}

/* How many bytes of a TCP segment with payload to copy for HTTP; 0 when it is none. `body_bytes` is
 * the number wanted of the body in each packet. noinline, so that the verifier checks it once. */
__attribute__((noinline)) int payload_bytes(struct __sk_buff *skb, __u32 headers, __u32 sequence,
					    __u32 direction, __u32 body_bytes)
{
	struct bpf_sock *sk = skb->sk;
	struct http_connection *connection = connection_of(sk, false);
	struct http_side *side;
	__u32 end, next;
	enum wirehound_http_start start;

	if (!connection) {
		start = JUDGED_START(judge(skb, headers));
		if (start == WIREHOUND_STARTS_FRAME && skb->len - headers <= SMALL_SEGMENT)
			return skb->len;
		if (!is_start(start))
			return 0;
		sk = skb->sk;
		connection = connection_of(sk, true);
		if (!connection)
			return skb->len;
	}
	side = &connection->sides[direction & 1];
	end = sequence + (skb->len - headers);
	next = side->next;
	if (side->state != HTTP_NEW && (__s32)(sequence - next) < 0) {
		if ((__s32)(end - next) > 0)
			side->next = end;
		return late_bytes(skb, connection, headers);
	}
	side->next = end;
	if (connection->whole)
		return skb->len;
	return segment_bytes(skb, connection, side, headers, body_bytes);
}

/* The same for any packet of a TCP connection: SYN, FIN and RST at least as headers, fragments
 * whole. */
static __always_inline __u32 http_bytes(struct __sk_buff *skb, const struct packet *packet,
					__u8 direction, __u32 body_bytes)
{
	const __u32 minimum =
		packet->tcp_flags & (TCP_FIN | TCP_SYN | TCP_RST) ? packet->headers : 0;
	__u32 bytes;

	if (packet->classes & PORTS_HIDDEN)
		return skb->len;
	if (packet->headers >= skb->len)
		return minimum;
	bytes = payload_bytes(skb, packet->headers, packet->sequence,
			      direction == WIREHOUND_DIRECTION_EGRESS, body_bytes);
	return bytes > minimum ? bytes : minimum;
}

#endif /* WIREHOUND_BPF_HTTP_H_ */
