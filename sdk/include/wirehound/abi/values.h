/* SPDX-License-Identifier: Apache-2.0 */

/* The plain values that may cross between the engine and a detector.
 *
 * C11, 64-bit platforms only. Nothing here owns memory: every pointer is borrowed from the side
 * that made it, and valid as long as the function that passes it says. Text is UTF-8 where its
 * source was, otherwise the bytes of the wire; it is not NUL-terminated.
 * Layouts are fixed: tests/sdk/abi_layout_test.cc fails when one moves. */

#ifndef WIREHOUND_ABI_VALUES_H_
#define WIREHOUND_ABI_VALUES_H_

#include <stddef.h>
#include <stdint.h>

/* Text. `data` may be NULL only when `size` is 0. */
typedef struct wirehound_string {
  const char* data;
  uint64_t size; /* bytes */
} wirehound_string;

/* Raw bytes. `data` may be NULL only when `size` is 0. */
typedef struct wirehound_bytes {
  const uint8_t* data;
  uint64_t size; /* bytes */
} wirehound_bytes;

/* An array of `count` elements, `stride` bytes apart. Elements grow by appended members, so step by
 * `stride`, never by sizeof. */
typedef struct wirehound_list {
  const void* data;
  uint32_t count;
  uint32_t stride; /* bytes */
} wirehound_list;

#define WIREHOUND_FAMILY_NONE 0u
#define WIREHOUND_FAMILY_IPV4 4u
#define WIREHOUND_FAMILY_IPV6 6u

/* An IP address. IPv4 uses bytes[0..3]; the rest is zero. Network byte order. */
typedef struct wirehound_address {
  uint8_t bytes[16];
  uint8_t family; /* WIREHOUND_FAMILY_* */
  uint8_t reserved[7];
} wirehound_address;

/* Types of fields. The numbers are part of the ABI: never renumber, only append. */
#define WIREHOUND_TYPE_NONE 0u
#define WIREHOUND_TYPE_BOOL 1u         /* unsigned_integer, 0 or 1 */
#define WIREHOUND_TYPE_INT32 2u        /* signed_integer */
#define WIREHOUND_TYPE_INT64 3u        /* signed_integer */
#define WIREHOUND_TYPE_UINT16 4u       /* unsigned_integer */
#define WIREHOUND_TYPE_UINT32 5u       /* unsigned_integer */
#define WIREHOUND_TYPE_UINT64 6u       /* unsigned_integer */
#define WIREHOUND_TYPE_DOUBLE 7u       /* real */
#define WIREHOUND_TYPE_STRING 8u       /* text */
#define WIREHOUND_TYPE_BYTES 9u        /* bytes */
#define WIREHOUND_TYPE_ADDRESS 10u     /* message: const wirehound_address* */
#define WIREHOUND_TYPE_STRING_LIST 11u /* list of wirehound_string */

/* Messages (abi/messages.h). `message` points to the struct, or `list` holds them. */
#define WIREHOUND_TYPE_PACKET_METADATA 64u /* const wirehound_packet_metadata* */
#define WIREHOUND_TYPE_IPV4 65u            /* const wirehound_ipv4* */
#define WIREHOUND_TYPE_IPV6 66u            /* const wirehound_ipv6* */
#define WIREHOUND_TYPE_TCP 67u             /* const wirehound_tcp* */
#define WIREHOUND_TYPE_UDP 68u             /* const wirehound_udp* */
#define WIREHOUND_TYPE_DNS 69u             /* const wirehound_dns* */
#define WIREHOUND_TYPE_ICMP 70u            /* const wirehound_icmp* */
#define WIREHOUND_TYPE_ICMPV6 71u          /* const wirehound_icmpv6* */
#define WIREHOUND_TYPE_HTTP 72u            /* const wirehound_http* */
#define WIREHOUND_TYPE_DNS_QUESTIONS 73u   /* list of wirehound_dns_question */
#define WIREHOUND_TYPE_DNS_RESPONSES 74u   /* list of wirehound_dns_response */

#define WIREHOUND_FIELD_ABSENT 1u    /* the event has no value for this field */
#define WIREHOUND_FIELD_TRUNCATED 2u /* the value is only a part of that on the wire */

/* The type beside a value tells which member is set. */
typedef union wirehound_value {
  uint64_t unsigned_integer;
  int64_t signed_integer;
  double real;
  wirehound_string text;
  wirehound_bytes bytes;
  wirehound_list list;
  const void* message;
} wirehound_value;

/* One field of an event. */
typedef struct wirehound_field {
  uint32_t type;  /* WIREHOUND_TYPE_* */
  uint32_t flags; /* WIREHOUND_FIELD_* */
  wirehound_value value;
} wirehound_field;

/* A semantic version. */
typedef struct wirehound_version {
  uint16_t major;
  uint16_t minor;
  uint16_t patch;
  uint16_t reserved;
} wirehound_version;

#endif /* WIREHOUND_ABI_VALUES_H_ */
