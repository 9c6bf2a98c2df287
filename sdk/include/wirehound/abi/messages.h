/* SPDX-License-Identifier: Apache-2.0 */

/* The protocol messages an event can carry, as the decoders fill them and detectors read them.
 *
 * Numbers are in host byte order. Every message starts with struct_size, the end of its last
 * member that the sender filled; list elements carry their size as the stride of their list.
 * Members are only appended. All memory belongs to the event and dies with it. */

#ifndef WIREHOUND_ABI_MESSAGES_H_
#define WIREHOUND_ABI_MESSAGES_H_

#include "values.h"

/* Where a packet was seen, from the point of view of the socket that owns it. */
#define WIREHOUND_DIRECTION_UNKNOWN 0u
#define WIREHOUND_DIRECTION_INGRESS 1u
#define WIREHOUND_DIRECTION_EGRESS 2u

/* The addressing of a packet, the same shape for every protocol. */
typedef struct wirehound_packet_metadata {
  uint32_t struct_size;
  uint32_t packet_len; /* bytes from the network header on, as the header declares them */
  wirehound_address src_ip;
  wirehound_address dst_ip;
  uint16_t src_port; /* 0 where the protocol has no ports */
  uint16_t dst_port;
  uint8_t protocol;  /* IANA protocol number of the transport layer */
  uint8_t direction; /* WIREHOUND_DIRECTION_* */
  uint16_t reserved;
  uint32_t interface_index; /* 0 when unknown */
  uint32_t reserved2;
  wirehound_string iface; /* interface name, "any" when unknown */
} wirehound_packet_metadata;

/* IPv4 header, RFC 791 section 3.1. */
typedef struct wirehound_ipv4 {
  uint32_t struct_size;
  uint8_t version;
  uint8_t ihl; /* 32-bit words */
  uint8_t tos;
  uint8_t ttl;
  uint16_t length; /* total length, bytes */
  uint16_t id;
  uint16_t frag_offset; /* 8-byte units */
  uint16_t checksum;
  uint8_t flags; /* bit 0 more fragments, bit 1 don't fragment, bit 2 reserved ("evil") */
  uint8_t protocol;
  uint16_t reserved;
  wirehound_address src_ip;
  wirehound_address dst_ip;
} wirehound_ipv4;

/* IPv6 header, RFC 8200 section 3. */
typedef struct wirehound_ipv6 {
  uint32_t struct_size;
  uint8_t version;
  uint8_t traffic_class;
  uint8_t next_header; /* of the fixed header, as on the wire */
  uint8_t hop_limit;
  uint32_t flow_label;
  uint16_t length; /* payload length, bytes */
  uint16_t reserved;
  wirehound_address src_ip;
  wirehound_address dst_ip;
} wirehound_ipv6;

/* TCP header, RFC 9293 section 3.1; flag NS is RFC 3540. Flags are 0 or 1. */
typedef struct wirehound_tcp {
  uint32_t struct_size;
  uint16_t src_port;
  uint16_t dst_port;
  uint32_t seq;
  uint32_t ack;
  uint8_t data_offset; /* 32-bit words */
  uint8_t fin_flag;
  uint8_t syn_flag;
  uint8_t rst_flag;
  uint8_t psh_flag;
  uint8_t ack_flag;
  uint8_t urg_flag;
  uint8_t ece_flag;
  uint8_t cwr_flag;
  uint8_t ns_flag;
  uint16_t window;
  uint16_t checksum;
  uint16_t urgent;
} wirehound_tcp;

/* UDP header, RFC 768. */
typedef struct wirehound_udp {
  uint32_t struct_size;
  uint16_t src_port;
  uint16_t dst_port;
  uint16_t length; /* header and data, bytes */
  uint16_t checksum;
} wirehound_udp;

/* DNS, RFC 1035 section 4. Names are in presentation form without the final dot (the root is
 * ""); a dot or backslash inside a label is escaped with a backslash, a byte outside printable
 * ASCII as \DDD (RFC 1035 section 5.1). */
typedef struct wirehound_dns_question {
  wirehound_string name;
  uint16_t type;
  uint16_t qclass;
  uint32_t reserved;
} wirehound_dns_question;

/* What `data` of a record points to. */
#define WIREHOUND_DNS_DATA_NONE 0u    /* NULL: see rdata */
#define WIREHOUND_DNS_DATA_ADDRESS 1u /* const wirehound_address*: A, AAAA */
#define WIREHOUND_DNS_DATA_NAME 2u    /* const wirehound_string*: NS, CNAME, PTR */
#define WIREHOUND_DNS_DATA_TEXT 3u    /* const wirehound_list* of wirehound_string: TXT, HINFO */
#define WIREHOUND_DNS_DATA_SOA 4u     /* const wirehound_dns_soa* */
#define WIREHOUND_DNS_DATA_MX 5u      /* const wirehound_dns_mx* */
#define WIREHOUND_DNS_DATA_SRV 6u     /* const wirehound_dns_srv* */
#define WIREHOUND_DNS_DATA_URI 7u     /* const wirehound_dns_uri* */
#define WIREHOUND_DNS_DATA_OPT 8u     /* const wirehound_list* of wirehound_dns_option */

typedef struct wirehound_dns_soa { /* RFC 1035 section 3.3.13 */
  wirehound_string mname;
  wirehound_string rname;
  uint32_t serial;
  uint32_t refresh; /* seconds, like the rest */
  uint32_t retry;
  uint32_t expire;
  uint32_t minimum;
  uint32_t reserved;
} wirehound_dns_soa;

typedef struct wirehound_dns_mx { /* RFC 1035 section 3.3.9 */
  wirehound_string name;
  uint16_t preference;
  uint16_t reserved[3];
} wirehound_dns_mx;

typedef struct wirehound_dns_srv { /* RFC 2782 */
  wirehound_string name;
  uint16_t priority;
  uint16_t weight;
  uint16_t port;
  uint16_t reserved;
} wirehound_dns_srv;

typedef struct wirehound_dns_uri { /* RFC 7553 section 4 */
  wirehound_string target;
  uint16_t priority;
  uint16_t weight;
  uint32_t reserved;
} wirehound_dns_uri;

typedef struct wirehound_dns_option { /* RFC 6891 section 6.1.2 */
  wirehound_bytes data;
  uint16_t code;
  uint16_t reserved[3];
} wirehound_dns_option;

typedef struct wirehound_dns_record {
  wirehound_string name;
  uint16_t type;
  uint16_t rclass;    /* of an OPT record: the sender's UDP payload size (RFC 6891) */
  uint32_t ttl;       /* seconds; of an OPT record: extended rcode, version and flags */
  uint32_t data_kind; /* WIREHOUND_DNS_DATA_*: only together with a type that has such data */
  uint32_t reserved;
  const void* data;
  wirehound_bytes rdata; /* as on the wire, names still compressed */
} wirehound_dns_record;

#define WIREHOUND_DNS_TRUNCATED 1u /* the capture or a limit of ours ended inside the message */
#define WIREHOUND_DNS_MALFORMED 2u /* a length, name or count lied; what is here came before it */

typedef struct wirehound_dns {
  uint32_t struct_size;
  uint32_t flags; /* WIREHOUND_DNS_*: why the sections are shorter than the counts say */
  uint16_t id;
  uint8_t qr; /* 1 for a response */
  uint8_t opcode;
  uint8_t aa;
  uint8_t tc;
  uint8_t rd;
  uint8_t ra;
  uint8_t z;         /* the three bits between RA and RCODE: zero, AD, CD (RFC 2535 section 6.1) */
  uint8_t rcode;     /* the four bits of the header */
  uint16_t qd_count; /* the counts as the header states them */
  uint16_t an_count;
  uint16_t ns_count;
  uint16_t ar_count;
  uint16_t reserved[3];
  wirehound_list questions; /* of wirehound_dns_question */
  wirehound_list answers;   /* of wirehound_dns_record, like the rest */
  wirehound_list authorities;
  wirehound_list additionals;
} wirehound_dns;

#endif /* WIREHOUND_ABI_MESSAGES_H_ */
