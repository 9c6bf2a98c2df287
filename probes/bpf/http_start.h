/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */

/* Finds HTTP heads in words of eight bytes, the first byte lowest (little-endian): does a text
 * begin like a message, and where does a head end. Says yes wherever GuessHttp of the decoders
 * does. It may say yes where GuessHttp says no because of bytes behind the first eight. No function
 * has a branch per byte, which the BPF verifier would follow both ways. Compiles as C for BPF and
 * as C++20 for the tests. Pure. */

#ifndef WIREHOUND_PROBES_HTTP_START_H_
#define WIREHOUND_PROBES_HTTP_START_H_

#include <linux/types.h>

#ifdef __bpf__
#define WIREHOUND_HTTP_INLINE static __attribute__((always_inline)) inline
#define WIREHOUND_HTTP_TABLE const __attribute__((section(".rodata.methods")))
#else
#define WIREHOUND_HTTP_INLINE inline
#define WIREHOUND_HTTP_TABLE inline constexpr
#endif

enum wirehound_http_start {
	WIREHOUND_STARTS_NOTHING,
	WIREHOUND_STARTS_BEGINNING, /* too short: more bytes may make it one of those below */
	WIREHOUND_STARTS_REQUEST,
	WIREHOUND_STARTS_RESPONSE,
	WIREHOUND_STARTS_HTTP2, /* the connection preface */
	WIREHOUND_STARTS_FRAME, /* a frame that a server of HTTP/2 may send before the preface, or
				   binary data that looks like it */
};

#define WIREHOUND_HTTP_METHOD_FACTOR 0xd559ce46798c8371ull
#define WIREHOUND_HTTP_METHOD_BITS 7

/* A perfect hash table of the methods: the first eight bytes of each, with the blank behind it. Its
 * index is the upper METHOD_BITS of word * METHOD_FACTOR; the factor was chosen so that no two
 * methods have the same index. */
WIREHOUND_HTTP_TABLE __u64 wirehound_http_methods[1 << WIREHOUND_HTTP_METHOD_BITS] = {
	0,
	0x00002059504f4342ull, /* "BCOPY " */
	0x0020594649544f4eull, /* "NOTIFY " */
	0,
	0,
	0,
	0,
	0,
	0,
	0,
	0,
	0x0020484352414553ull, /* "SEARCH " */
	0,
	0,
	0x002054534f502d4dull, /* "M-POST " */
	0,
	0,
	0,
	0,
	0,
	0,
	0x00204b4e494c4e55ull, /* "UNLINK " */
	0,
	0,
	0,
	0,
	0x4e4946504f525042ull, /* "BPROPFIN" */
	0,
	0x002054524f504552ull, /* "REPORT " */
	0,
	0x544150504f525042ull, /* "BPROPPAT" */
	0,
	0,
	0,
	0x0020444e49424e55ull, /* "UNBIND " */
	0,
	0,
	0x00204554454c4544ull, /* "DELETE " */
	0,
	0,
	0x0000205952455551ull, /* "QUERY " */
	0x000020454752454dull, /* "MERGE " */
	0,
	0x454e494c45534142ull, /* "BASELINE" */
	0,
	0x0000204843544150ull, /* "PATCH " */
	0x50534b524f574b4dull, /* "MKWORKSP" */
	0x0000002045564f4dull, /* "MOVE " */
	0x00000020444e4942ull, /* "BIND " */
	0x444e454c41434b4dull, /* "MKCALEND" */
	0,
	0,
	0,
	0,
	0,
	0x0000204547525550ull, /* "PURGE " */
	0,
	0,
	0x4249524353425553ull, /* "SUBSCRIB" */
	0x4552494445524b4dull, /* "MKREDIRE" */
	0,
	0x43544150504f5250ull, /* "PROPPATC" */
	0x444e4946504f5250ull, /* "PROPFIND" */
	0x0000002044414548ull, /* "HEAD " */
	0,
	0,
	0,
	0,
	0,
	0,
	0,
	0,
	0,
	0,
	0x0000002054534f50ull, /* "POST " */
	0,
	0x00204b434f4c4e55ull, /* "UNLOCK " */
	0,
	0x0020444e49424552ull, /* "REBIND " */
	0,
	0x4956495443414b4dull, /* "MKACTIVI" */
	0x000000204b4e494cull, /* "LINK " */
	0,
	0,
	0,
	0x205443454e4e4f43ull, /* "CONNECT " */
	0x00002045564f4d42ull, /* "BMOVE " */
	0,
	0x544150524544524full, /* "ORDERPAT" */
	0,
	0x0000002059504f43ull, /* "COPY " */
	0,
	0x00000000204c4341ull, /* "ACL " */
	0x2d4e4f4953524556ull, /* "VERSION-" */
	0x000000204c4c4f50ull, /* "POLL " */
	0x20534e4f4954504full, /* "OPTIONS " */
	0,
	0,
	0x5f54554f5f435052ull, /* "RPC_OUT_" */
	0x0020455441445055ull, /* "UPDATE " */
	0,
	0,
	0x204554454c454442ull, /* "BDELETE " */
	0x445f4e495f435052ull, /* "RPC_IN_D" */
	0,
	0x554e452d534d2d58ull, /* "X-MS-ENU" */
	0x54554f4b43454843ull, /* "CHECKOUT" */
	0,
	0,
	0,
	0x0000204c4f434b4dull, /* "MKCOL " */
	0x0000000020544547ull, /* "GET " */
	0x000000204b434f4cull, /* "LOCK " */
	0x4843524145532d4dull, /* "M-SEARCH" */
	0,
	0x4552455441445055ull, /* "UPDATERE" */
	0,
	0x0000204543415254ull, /* "TRACE " */
	0x4f4b434548434e55ull, /* "UNCHECKO" */
	0,
	0,
	0,
	0,
	0x0000204c4542414cull, /* "LABEL " */
	0x5243534255534e55ull, /* "UNSUBSCR" */
	0x0000000020545550ull, /* "PUT " */
	0x204e494b43454843ull, /* "CHECKIN " */
	0,
};

/* Finds the bytes of `word` that equal those of `value`: the high bit of each equal byte is set,
 * all other bits are 0. Exact: no carry crosses a byte. */
WIREHOUND_HTTP_INLINE __u64 wirehound_http_equal(__u64 word, __u64 value)
{
	const __u64 low = 0x7f7f7f7f7f7f7f7full;
	const __u64 differs = word ^ value;

	return ~(((differs & low) + low) | differs | low);
}

#define WIREHOUND_HTTP_ALL(byte) ((byte)*0x0101010101010101ull)

/* Whether a method, "HTTP/1." or the preface may begin with these bytes: all are ASCII, below 0x60,
 * which excludes small letters, and no end of line. Bytes that are 0 pass. */
WIREHOUND_HTTP_INLINE int wirehound_http_is_name(__u64 word)
{
	const __u64 small = word & (word << 1) & WIREHOUND_HTTP_ALL(0x40ull);
	const __u64 not_ascii = word & WIREHOUND_HTTP_ALL(0x80ull);
	const __u64 ends = wirehound_http_equal(word, WIREHOUND_HTTP_ALL((__u64)'\r')) |
			   wirehound_http_equal(word, WIREHOUND_HTTP_ALL((__u64)'\n'));

	return !(small | not_ascii | ends);
}

/* Whether these are the first eight bytes of an HTTP/2 SETTINGS or WINDOW_UPDATE frame of the
 * connection: length, type, no flags, stream 0 (RFC 9113 section 4.1). */
WIREHOUND_HTTP_INLINE int wirehound_http_is_frame(__u64 word)
{
	return (word & 0xffffffffff00ffffull) == 0x04000000ull || word == 0x08040000ull;
}

/* Judges the first `size` bytes of a direction or message, at most 8. The rest of `word` is 0. */
WIREHOUND_HTTP_INLINE enum wirehound_http_start wirehound_http_judge(__u64 word, __u32 size)
{
	const __u64 blank = wirehound_http_equal(word, WIREHOUND_HTTP_ALL((__u64)' '));
	const __u64 first_blank = blank & (~blank + 1);
	const __u64 method = first_blank ? word & (first_blank | (first_blank - 1)) : word;
	const __u8 first = (__u8)word;

	if (first < 'A' || first > 'Z') {
		return size == 8 && wirehound_http_is_frame(word) ? WIREHOUND_STARTS_FRAME
								  : WIREHOUND_STARTS_NOTHING;
	}
	if ((word & 0x00ffffffffffffffull) == 0x002e312f50545448ull) { /* "HTTP/1." */
		return WIREHOUND_STARTS_RESPONSE;
	}
	if (word == 0x5448202a20495250ull) { /* "PRI * HT" */
		return WIREHOUND_STARTS_HTTP2;
	}
	if (wirehound_http_methods[(method * WIREHOUND_HTTP_METHOD_FACTOR) >>
				   (64 - WIREHOUND_HTTP_METHOD_BITS)] == method) {
		return WIREHOUND_STARTS_REQUEST;
	}
	if (size >= 8 || (blank && (__u32)word != 0x20495250u)) { /* "PRI " */
		return WIREHOUND_STARTS_NOTHING;
	}
	return wirehound_http_is_name(word) ? WIREHOUND_STARTS_BEGINNING : WIREHOUND_STARTS_NOTHING;
}

/* How many bytes of `word` belong to a head that ends in it: 1 to 8, 0 when none does. `before` is
 * the word in front of it. A head ends with an empty line; lines end with LF or CR LF. So the end
 * is an LF behind LF, or behind CR behind LF. */
WIREHOUND_HTTP_INLINE __u32 wirehound_http_head_end(__u64 word, __u64 before)
{
	const __u64 all_lf = WIREHOUND_HTTP_ALL((__u64)'\n');
	const __u64 all_cr = WIREHOUND_HTTP_ALL((__u64)'\r');
	const __u64 lf = wirehound_http_equal(word, all_lf);
	__u64 lf_before, cr, cr_before, ends;

	lf_before = wirehound_http_equal(before, all_lf);
	cr = wirehound_http_equal(word, all_cr);
	cr_before = wirehound_http_equal(before, all_cr);
	ends = lf & ((lf << 8 | lf_before >> 56) |
		     ((cr << 8 | cr_before >> 56) & (lf << 16 | lf_before >> 48)));
	if (!ends) {
		return 0;
	}
	/* Keep the lowest mark. Then ends - 1 has all bits below it: one low bit in each byte up to
	 * its own. The multiplication adds up all bytes in the highest. */
	ends &= ~ends + 1;
	return (__u32)((((ends - 1) & WIREHOUND_HTTP_ALL(1ull)) * WIREHOUND_HTTP_ALL(1ull)) >> 56);
}

#endif /* WIREHOUND_PROBES_HTTP_START_H_ */
