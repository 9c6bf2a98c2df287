/* SPDX-License-Identifier: Apache-2.0 */

/* The protocol messages that an event can carry. Decoders fill them, detectors read them.
 *
 * Numbers are in host byte order. Every message starts with struct_size, the end of the last member
 * that the sender filled; the size of list elements is the stride of their list. Members are only
 * appended. All memory belongs to the event and is freed with it. */

#ifndef WIREHOUND_ABI_MESSAGES_H_
#define WIREHOUND_ABI_MESSAGES_H_

#include "values.h"

/* The direction of a packet, from the point of view of the socket that owns it. */
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

/* ICMP for IPv4, RFC 792. */
typedef struct wirehound_icmp {
  uint32_t struct_size;
  uint8_t type;
  uint8_t code;
  uint16_t checksum;
  uint16_t id;  /* bytes 4 and 5, for every type; the identifier of an echo */
  uint16_t seq; /* bytes 6 and 7, for every type; the sequence number of an echo */
} wirehound_icmp;

/* ICMP for IPv6, RFC 4443. */
typedef struct wirehound_icmpv6 {
  uint32_t struct_size;
  uint8_t type;
  uint8_t code;
  uint16_t checksum;
} wirehound_icmpv6;

/* DNS, RFC 1035 section 4. Names are in presentation form without the final dot (the root is
 * ""); a dot or backslash inside a label is escaped with a backslash, a byte outside printable
 * ASCII as \DDD (RFC 1035 section 5.1). */
typedef struct wirehound_dns_question {
  wirehound_string name;
  uint16_t type;
  uint16_t qclass;          /* in mDNS without its top bit, which is the next member */
  uint8_t unicast_response; /* mDNS: 1 asks for a unicast response (RFC 6762 section 5.4) */
  uint8_t reserved[3];
} wirehound_dns_question;

/* The type that `data` of a record points to. */
#define WIREHOUND_DNS_DATA_NONE 0u    /* NULL: see rdata */
#define WIREHOUND_DNS_DATA_ADDRESS 1u /* const wirehound_address*: A, AAAA */
#define WIREHOUND_DNS_DATA_NAME 2u    /* const wirehound_string*: NS, CNAME, PTR, DNAME, MB.. */
#define WIREHOUND_DNS_DATA_TEXT 3u    /* const wirehound_list* of string: TXT, SPF, HINFO */
#define WIREHOUND_DNS_DATA_SOA 4u     /* const wirehound_dns_soa* */
#define WIREHOUND_DNS_DATA_MX 5u      /* const wirehound_dns_mx* */
#define WIREHOUND_DNS_DATA_SRV 6u     /* const wirehound_dns_srv* */
#define WIREHOUND_DNS_DATA_URI 7u     /* const wirehound_dns_uri* */
#define WIREHOUND_DNS_DATA_OPT 8u     /* const wirehound_list* of wirehound_dns_option */
#define WIREHOUND_DNS_DATA_CAA 9u     /* const wirehound_dns_caa* */
#define WIREHOUND_DNS_DATA_SVCB 10u   /* const wirehound_dns_svcb*: SVCB, HTTPS */
#define WIREHOUND_DNS_DATA_NAPTR 11u  /* const wirehound_dns_naptr* */
#define WIREHOUND_DNS_DATA_DS 12u     /* const wirehound_dns_ds*: DS, CDS */
#define WIREHOUND_DNS_DATA_DNSKEY 13u /* const wirehound_dns_dnskey*: DNSKEY, CDNSKEY */
#define WIREHOUND_DNS_DATA_RRSIG 14u  /* const wirehound_dns_rrsig*: RRSIG, SIG */
#define WIREHOUND_DNS_DATA_NSEC 15u   /* const wirehound_dns_nsec* */
#define WIREHOUND_DNS_DATA_NSEC3 16u  /* const wirehound_dns_nsec3*: NSEC3, NSEC3PARAM */
#define WIREHOUND_DNS_DATA_TLSA 17u   /* const wirehound_dns_tlsa*: TLSA, SMIMEA */
#define WIREHOUND_DNS_DATA_SSHFP 18u  /* const wirehound_dns_sshfp* */

typedef struct wirehound_dns_soa { /* RFC 1035 section 3.3.13 */
  wirehound_string mname;
  wirehound_string rname;
  uint32_t serial;
  uint32_t refresh; /* seconds, like the next three */
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
  wirehound_string text; /* text form of the value, "" for an option without one */
} wirehound_dns_option;

typedef struct wirehound_dns_caa { /* RFC 8659 section 4.1 */
  wirehound_string tag;
  wirehound_string value;
  uint8_t flags;
  uint8_t reserved[7];
} wirehound_dns_caa;

typedef struct wirehound_dns_svc_param { /* RFC 9460 section 2.1 */
  uint16_t key;
  uint16_t reserved[3];
  wirehound_bytes data;
  wirehound_string text; /* presentation form of the value */
} wirehound_dns_svc_param;

typedef struct wirehound_dns_svcb { /* RFC 9460 section 2.2 */
  wirehound_string target;
  wirehound_list params; /* of wirehound_dns_svc_param */
  uint16_t priority;     /* 0: alias */
  uint16_t reserved[3];
} wirehound_dns_svcb;

typedef struct wirehound_dns_naptr { /* RFC 3403 section 4.1 */
  wirehound_string flags;
  wirehound_string service;
  wirehound_string regexp;
  wirehound_string replacement;
  uint16_t order;
  uint16_t preference;
  uint32_t reserved;
} wirehound_dns_naptr;

typedef struct wirehound_dns_ds { /* RFC 4034 section 5.1 */
  wirehound_bytes digest;
  uint16_t key_tag;
  uint8_t algorithm;
  uint8_t digest_type;
  uint32_t reserved;
} wirehound_dns_ds;

typedef struct wirehound_dns_dnskey { /* RFC 4034 section 2.1 */
  wirehound_bytes public_key;
  uint16_t flags;
  uint8_t protocol;
  uint8_t algorithm;
  uint32_t reserved;
} wirehound_dns_dnskey;

typedef struct wirehound_dns_rrsig { /* RFC 4034 section 3.1 */
  wirehound_string signer_name;
  wirehound_bytes signature;
  uint16_t type_covered;
  uint8_t algorithm;
  uint8_t labels;
  uint32_t original_ttl;
  uint32_t expiration; /* seconds of serial time (RFC 1982) since the Unix epoch */
  uint32_t inception;
  uint16_t key_tag;
  uint16_t reserved[3];
} wirehound_dns_rrsig;

typedef struct wirehound_dns_nsec { /* RFC 4034 section 4.1 */
  wirehound_string next_domain;
  wirehound_list types; /* of uint16_t, ascending */
} wirehound_dns_nsec;

typedef struct wirehound_dns_nsec3 { /* RFC 5155 sections 3.2 and 4.2 */
  wirehound_bytes salt;
  wirehound_bytes next_hashed_owner; /* empty in an NSEC3PARAM record, like types */
  wirehound_list types;              /* of uint16_t, ascending */
  uint16_t iterations;
  uint8_t hash_algorithm;
  uint8_t flags;
  uint32_t reserved;
} wirehound_dns_nsec3;

typedef struct wirehound_dns_tlsa { /* RFC 6698 section 2.1 */
  wirehound_bytes data;
  uint8_t usage;
  uint8_t selector;
  uint8_t matching_type;
  uint8_t reserved[5];
} wirehound_dns_tlsa;

typedef struct wirehound_dns_sshfp { /* RFC 4255 section 3.1 */
  wirehound_bytes fingerprint;
  uint8_t algorithm;
  uint8_t fingerprint_type;
  uint8_t reserved[6];
} wirehound_dns_sshfp;

typedef struct wirehound_dns_record {
  wirehound_string name;
  uint16_t type;
  uint16_t rclass;     /* of an OPT record: the sender's UDP payload size (RFC 6891) */
  uint32_t ttl;        /* seconds; of an OPT record: extended rcode, version and flags */
  uint32_t data_kind;  /* WIREHOUND_DNS_DATA_*: only together with a type that has such data */
  uint8_t cache_flush; /* mDNS: the top bit of the class, not in rclass (RFC 6762 section 10.2) */
  uint8_t reserved[3];
  const void* data;
  wirehound_bytes rdata; /* as on the wire, names still compressed */
} wirehound_dns_record;

#define WIREHOUND_DNS_VARIANT_PLAIN 0u
#define WIREHOUND_DNS_VARIANT_MDNS 1u  /* multicast DNS, RFC 6762 */
#define WIREHOUND_DNS_VARIANT_LLMNR 2u /* RFC 4795 */

#define WIREHOUND_DNS_TRUNCATED 1u /* the capture, or a limit, ended inside the message */
#define WIREHOUND_DNS_MALFORMED 2u /* a length, name or count is wrong; all before it is here */
#define WIREHOUND_DNS_LIMIT 4u     /* with TRUNCATED: it was a limit of Wirehound */
#define WIREHOUND_DNS_TRAILING 8u  /* bytes follow the last record; all records are here */

typedef struct wirehound_dns {
  uint32_t struct_size;
  uint32_t flags; /* WIREHOUND_DNS_*: why sections have fewer records than the counts, and more */
  uint16_t id;
  uint8_t qr; /* 1 for a response */
  uint8_t opcode;
  uint8_t aa;
  uint8_t tc;
  uint8_t rd;
  uint8_t ra;
  uint8_t z;         /* the three bits between RA and RCODE: zero, AD, CD (RFC 2535 section 6.1) */
  uint8_t rcode;     /* the four bits of the header */
  uint16_t qd_count; /* the counts of the header */
  uint16_t an_count;
  uint16_t ns_count;
  uint16_t ar_count;
  uint8_t variant; /* WIREHOUND_DNS_VARIANT_* */
  uint8_t reserved;
  uint32_t message_size;    /* bytes up to the end of the last question or record here */
  wirehound_list questions; /* of wirehound_dns_question */
  wirehound_list answers;   /* of wirehound_dns_record, like the next two */
  wirehound_list authorities;
  wirehound_list additionals;
} wirehound_dns;

/* One answer of a response as text. */
typedef struct wirehound_dns_answer {
  wirehound_string text; /* see docs/output.md; "" for data without a text form */
  uint16_t type;
  uint16_t reserved;
  uint32_t ttl; /* seconds */
} wirehound_dns_answer;

/* A question with its answers. */
typedef struct wirehound_dns_response {
  wirehound_dns_question query; /* all zero in a response without a question */
  wirehound_list answers;       /* of wirehound_dns_answer */
} wirehound_dns_response;

/* HTTP: a request or the head of a response, RFC 9110; HTTP/1.x as in RFC 9112, HTTP/2 as in
 * RFC 9113. Texts are the bytes of the wire, which may be no UTF-8. */
#define WIREHOUND_HTTP_REQUEST 1u
#define WIREHOUND_HTTP_RESPONSE 2u

/* A header field. In names the first letter and each letter behind a '-' are upper case, the others
 * lower case. Values have no blanks around them. */
typedef struct wirehound_http_header {
  wirehound_string name;
  wirehound_string value;
} wirehound_http_header;

/* Why a message is incomplete. */
#define WIREHOUND_HTTP_TRUNCATED 1u /* a limit of Wirehound was reached: headers are missing */
#define WIREHOUND_HTTP_MALFORMED 2u /* it breaks a framing rule; net_anomaly says which */

typedef struct wirehound_http {
  uint32_t struct_size;
  uint16_t flags; /* WIREHOUND_HTTP_TRUNCATED, _MALFORMED */
  uint8_t kind;   /* WIREHOUND_HTTP_REQUEST or _RESPONSE */
  uint8_t reserved;
  wirehound_string protocol; /* "HTTP/1.1", "HTTP/2.0" */
  wirehound_string method;   /* of a request, like the next three */
  wirehound_string host;     /* the Host header or :authority, else of an absolute target */
  wirehound_string uri_path; /* percent-decoded; "*" and CONNECT targets as they are */
  wirehound_string query;    /* behind the first '?', not decoded, without a fragment */
  wirehound_string status;   /* of a response: "200 OK"; "200 " without a reason */
  uint32_t status_code;
  uint32_t stream_id;     /* of HTTP/2; 0 in HTTP/1.x */
  int64_t content_length; /* declared bytes of the body, -1 when unknown or chunked */
  wirehound_list headers; /* of wirehound_http_header, in wire order, without Host */
  /* Of a response: the request that it answers, "" when the capture lacks it. */
  wirehound_string request_method;
  wirehound_string request_host;
  wirehound_string request_path;
} wirehound_http;

#endif /* WIREHOUND_ABI_MESSAGES_H_ */
