// SPDX-License-Identifier: Apache-2.0

// The layout of everything that crosses the plugin boundary, written out: a member that moves,
// shrinks or is put in between others fails here. When a struct grows at its end, add the line and
// raise WIREHOUND_ABI_MINOR; any other change needs a new major version (docs/abi.md).

#include <wirehound/abi/detector_abi.h>

#include <algorithm>
#include <cstddef>
#include <iterator>
#include <string>
#include <string_view>

#include <doctest/doctest.h>

TEST_SUITE_BEGIN("abi");

namespace {

// A member, or the whole of a struct when `member` is empty: as it is, and as it must be.
struct Row {
  std::string_view type;
  std::string_view member;
  std::size_t offset, size;
  std::size_t golden_offset, golden_size;
};

#define SIZE(type, size) \
  Row { #type, "", 0, sizeof(type), 0, size }
#define MEMBER(type, member, offset, size) \
  Row { #type, #member, offsetof(type, member), sizeof(type::member), offset, size }

constexpr Row kRows[] = {
    SIZE(wirehound_string, 16),
    MEMBER(wirehound_string, data, 0, 8),
    MEMBER(wirehound_string, size, 8, 8),
    SIZE(wirehound_bytes, 16),
    MEMBER(wirehound_bytes, data, 0, 8),
    MEMBER(wirehound_bytes, size, 8, 8),
    SIZE(wirehound_list, 16),
    MEMBER(wirehound_list, data, 0, 8),
    MEMBER(wirehound_list, count, 8, 4),
    MEMBER(wirehound_list, stride, 12, 4),
    SIZE(wirehound_address, 24),
    MEMBER(wirehound_address, bytes, 0, 16),
    MEMBER(wirehound_address, family, 16, 1),
    MEMBER(wirehound_address, reserved, 17, 7),
    SIZE(wirehound_value, 16),
    MEMBER(wirehound_value, unsigned_integer, 0, 8),
    MEMBER(wirehound_value, signed_integer, 0, 8),
    MEMBER(wirehound_value, real, 0, 8),
    MEMBER(wirehound_value, text, 0, 16),
    MEMBER(wirehound_value, bytes, 0, 16),
    MEMBER(wirehound_value, list, 0, 16),
    MEMBER(wirehound_value, message, 0, 8),
    SIZE(wirehound_field, 24),
    MEMBER(wirehound_field, type, 0, 4),
    MEMBER(wirehound_field, flags, 4, 4),
    MEMBER(wirehound_field, value, 8, 16),
    SIZE(wirehound_version, 8),
    MEMBER(wirehound_version, major, 0, 2),
    MEMBER(wirehound_version, minor, 2, 2),
    MEMBER(wirehound_version, patch, 4, 2),
    MEMBER(wirehound_version, reserved, 6, 2),
    SIZE(wirehound_packet_metadata, 88),
    MEMBER(wirehound_packet_metadata, struct_size, 0, 4),
    MEMBER(wirehound_packet_metadata, packet_len, 4, 4),
    MEMBER(wirehound_packet_metadata, src_ip, 8, 24),
    MEMBER(wirehound_packet_metadata, dst_ip, 32, 24),
    MEMBER(wirehound_packet_metadata, src_port, 56, 2),
    MEMBER(wirehound_packet_metadata, dst_port, 58, 2),
    MEMBER(wirehound_packet_metadata, protocol, 60, 1),
    MEMBER(wirehound_packet_metadata, direction, 61, 1),
    MEMBER(wirehound_packet_metadata, reserved, 62, 2),
    MEMBER(wirehound_packet_metadata, interface_index, 64, 4),
    MEMBER(wirehound_packet_metadata, reserved2, 68, 4),
    MEMBER(wirehound_packet_metadata, iface, 72, 16),
    SIZE(wirehound_ipv4, 68),
    MEMBER(wirehound_ipv4, struct_size, 0, 4),
    MEMBER(wirehound_ipv4, version, 4, 1),
    MEMBER(wirehound_ipv4, ihl, 5, 1),
    MEMBER(wirehound_ipv4, tos, 6, 1),
    MEMBER(wirehound_ipv4, ttl, 7, 1),
    MEMBER(wirehound_ipv4, length, 8, 2),
    MEMBER(wirehound_ipv4, id, 10, 2),
    MEMBER(wirehound_ipv4, frag_offset, 12, 2),
    MEMBER(wirehound_ipv4, checksum, 14, 2),
    MEMBER(wirehound_ipv4, flags, 16, 1),
    MEMBER(wirehound_ipv4, protocol, 17, 1),
    MEMBER(wirehound_ipv4, reserved, 18, 2),
    MEMBER(wirehound_ipv4, src_ip, 20, 24),
    MEMBER(wirehound_ipv4, dst_ip, 44, 24),
    SIZE(wirehound_ipv6, 64),
    MEMBER(wirehound_ipv6, struct_size, 0, 4),
    MEMBER(wirehound_ipv6, version, 4, 1),
    MEMBER(wirehound_ipv6, traffic_class, 5, 1),
    MEMBER(wirehound_ipv6, next_header, 6, 1),
    MEMBER(wirehound_ipv6, hop_limit, 7, 1),
    MEMBER(wirehound_ipv6, flow_label, 8, 4),
    MEMBER(wirehound_ipv6, length, 12, 2),
    MEMBER(wirehound_ipv6, reserved, 14, 2),
    MEMBER(wirehound_ipv6, src_ip, 16, 24),
    MEMBER(wirehound_ipv6, dst_ip, 40, 24),
    SIZE(wirehound_tcp, 32),
    MEMBER(wirehound_tcp, struct_size, 0, 4),
    MEMBER(wirehound_tcp, src_port, 4, 2),
    MEMBER(wirehound_tcp, dst_port, 6, 2),
    MEMBER(wirehound_tcp, seq, 8, 4),
    MEMBER(wirehound_tcp, ack, 12, 4),
    MEMBER(wirehound_tcp, data_offset, 16, 1),
    MEMBER(wirehound_tcp, fin_flag, 17, 1),
    MEMBER(wirehound_tcp, syn_flag, 18, 1),
    MEMBER(wirehound_tcp, rst_flag, 19, 1),
    MEMBER(wirehound_tcp, psh_flag, 20, 1),
    MEMBER(wirehound_tcp, ack_flag, 21, 1),
    MEMBER(wirehound_tcp, urg_flag, 22, 1),
    MEMBER(wirehound_tcp, ece_flag, 23, 1),
    MEMBER(wirehound_tcp, cwr_flag, 24, 1),
    MEMBER(wirehound_tcp, ns_flag, 25, 1),
    MEMBER(wirehound_tcp, window, 26, 2),
    MEMBER(wirehound_tcp, checksum, 28, 2),
    MEMBER(wirehound_tcp, urgent, 30, 2),
    SIZE(wirehound_udp, 12),
    MEMBER(wirehound_udp, struct_size, 0, 4),
    MEMBER(wirehound_udp, src_port, 4, 2),
    MEMBER(wirehound_udp, dst_port, 6, 2),
    MEMBER(wirehound_udp, length, 8, 2),
    MEMBER(wirehound_udp, checksum, 10, 2),
    SIZE(wirehound_icmp, 12),
    MEMBER(wirehound_icmp, struct_size, 0, 4),
    MEMBER(wirehound_icmp, type, 4, 1),
    MEMBER(wirehound_icmp, code, 5, 1),
    MEMBER(wirehound_icmp, checksum, 6, 2),
    MEMBER(wirehound_icmp, id, 8, 2),
    MEMBER(wirehound_icmp, seq, 10, 2),
    SIZE(wirehound_icmpv6, 8),
    MEMBER(wirehound_icmpv6, struct_size, 0, 4),
    MEMBER(wirehound_icmpv6, type, 4, 1),
    MEMBER(wirehound_icmpv6, code, 5, 1),
    MEMBER(wirehound_icmpv6, checksum, 6, 2),
    SIZE(wirehound_dns_question, 24),
    MEMBER(wirehound_dns_question, name, 0, 16),
    MEMBER(wirehound_dns_question, type, 16, 2),
    MEMBER(wirehound_dns_question, qclass, 18, 2),
    MEMBER(wirehound_dns_question, unicast_response, 20, 1),
    MEMBER(wirehound_dns_question, reserved, 21, 3),
    SIZE(wirehound_dns_soa, 56),
    MEMBER(wirehound_dns_soa, mname, 0, 16),
    MEMBER(wirehound_dns_soa, rname, 16, 16),
    MEMBER(wirehound_dns_soa, serial, 32, 4),
    MEMBER(wirehound_dns_soa, refresh, 36, 4),
    MEMBER(wirehound_dns_soa, retry, 40, 4),
    MEMBER(wirehound_dns_soa, expire, 44, 4),
    MEMBER(wirehound_dns_soa, minimum, 48, 4),
    MEMBER(wirehound_dns_soa, reserved, 52, 4),
    SIZE(wirehound_dns_mx, 24),
    MEMBER(wirehound_dns_mx, name, 0, 16),
    MEMBER(wirehound_dns_mx, preference, 16, 2),
    MEMBER(wirehound_dns_mx, reserved, 18, 6),
    SIZE(wirehound_dns_srv, 24),
    MEMBER(wirehound_dns_srv, name, 0, 16),
    MEMBER(wirehound_dns_srv, priority, 16, 2),
    MEMBER(wirehound_dns_srv, weight, 18, 2),
    MEMBER(wirehound_dns_srv, port, 20, 2),
    MEMBER(wirehound_dns_srv, reserved, 22, 2),
    SIZE(wirehound_dns_uri, 24),
    MEMBER(wirehound_dns_uri, target, 0, 16),
    MEMBER(wirehound_dns_uri, priority, 16, 2),
    MEMBER(wirehound_dns_uri, weight, 18, 2),
    MEMBER(wirehound_dns_uri, reserved, 20, 4),
    SIZE(wirehound_dns_option, 40),
    MEMBER(wirehound_dns_option, data, 0, 16),
    MEMBER(wirehound_dns_option, code, 16, 2),
    MEMBER(wirehound_dns_option, reserved, 18, 6),
    MEMBER(wirehound_dns_option, text, 24, 16),
    SIZE(wirehound_dns_caa, 40),
    MEMBER(wirehound_dns_caa, tag, 0, 16),
    MEMBER(wirehound_dns_caa, value, 16, 16),
    MEMBER(wirehound_dns_caa, flags, 32, 1),
    MEMBER(wirehound_dns_caa, reserved, 33, 7),
    SIZE(wirehound_dns_svc_param, 40),
    MEMBER(wirehound_dns_svc_param, key, 0, 2),
    MEMBER(wirehound_dns_svc_param, reserved, 2, 6),
    MEMBER(wirehound_dns_svc_param, data, 8, 16),
    MEMBER(wirehound_dns_svc_param, text, 24, 16),
    SIZE(wirehound_dns_svcb, 40),
    MEMBER(wirehound_dns_svcb, target, 0, 16),
    MEMBER(wirehound_dns_svcb, params, 16, 16),
    MEMBER(wirehound_dns_svcb, priority, 32, 2),
    MEMBER(wirehound_dns_svcb, reserved, 34, 6),
    SIZE(wirehound_dns_naptr, 72),
    MEMBER(wirehound_dns_naptr, flags, 0, 16),
    MEMBER(wirehound_dns_naptr, service, 16, 16),
    MEMBER(wirehound_dns_naptr, regexp, 32, 16),
    MEMBER(wirehound_dns_naptr, replacement, 48, 16),
    MEMBER(wirehound_dns_naptr, order, 64, 2),
    MEMBER(wirehound_dns_naptr, preference, 66, 2),
    MEMBER(wirehound_dns_naptr, reserved, 68, 4),
    SIZE(wirehound_dns_ds, 24),
    MEMBER(wirehound_dns_ds, digest, 0, 16),
    MEMBER(wirehound_dns_ds, key_tag, 16, 2),
    MEMBER(wirehound_dns_ds, algorithm, 18, 1),
    MEMBER(wirehound_dns_ds, digest_type, 19, 1),
    MEMBER(wirehound_dns_ds, reserved, 20, 4),
    SIZE(wirehound_dns_dnskey, 24),
    MEMBER(wirehound_dns_dnskey, public_key, 0, 16),
    MEMBER(wirehound_dns_dnskey, flags, 16, 2),
    MEMBER(wirehound_dns_dnskey, protocol, 18, 1),
    MEMBER(wirehound_dns_dnskey, algorithm, 19, 1),
    MEMBER(wirehound_dns_dnskey, reserved, 20, 4),
    SIZE(wirehound_dns_rrsig, 56),
    MEMBER(wirehound_dns_rrsig, signer_name, 0, 16),
    MEMBER(wirehound_dns_rrsig, signature, 16, 16),
    MEMBER(wirehound_dns_rrsig, type_covered, 32, 2),
    MEMBER(wirehound_dns_rrsig, algorithm, 34, 1),
    MEMBER(wirehound_dns_rrsig, labels, 35, 1),
    MEMBER(wirehound_dns_rrsig, original_ttl, 36, 4),
    MEMBER(wirehound_dns_rrsig, expiration, 40, 4),
    MEMBER(wirehound_dns_rrsig, inception, 44, 4),
    MEMBER(wirehound_dns_rrsig, key_tag, 48, 2),
    MEMBER(wirehound_dns_rrsig, reserved, 50, 6),
    SIZE(wirehound_dns_nsec, 32),
    MEMBER(wirehound_dns_nsec, next_domain, 0, 16),
    MEMBER(wirehound_dns_nsec, types, 16, 16),
    SIZE(wirehound_dns_nsec3, 56),
    MEMBER(wirehound_dns_nsec3, salt, 0, 16),
    MEMBER(wirehound_dns_nsec3, next_hashed_owner, 16, 16),
    MEMBER(wirehound_dns_nsec3, types, 32, 16),
    MEMBER(wirehound_dns_nsec3, iterations, 48, 2),
    MEMBER(wirehound_dns_nsec3, hash_algorithm, 50, 1),
    MEMBER(wirehound_dns_nsec3, flags, 51, 1),
    MEMBER(wirehound_dns_nsec3, reserved, 52, 4),
    SIZE(wirehound_dns_tlsa, 24),
    MEMBER(wirehound_dns_tlsa, data, 0, 16),
    MEMBER(wirehound_dns_tlsa, usage, 16, 1),
    MEMBER(wirehound_dns_tlsa, selector, 17, 1),
    MEMBER(wirehound_dns_tlsa, matching_type, 18, 1),
    MEMBER(wirehound_dns_tlsa, reserved, 19, 5),
    SIZE(wirehound_dns_sshfp, 24),
    MEMBER(wirehound_dns_sshfp, fingerprint, 0, 16),
    MEMBER(wirehound_dns_sshfp, algorithm, 16, 1),
    MEMBER(wirehound_dns_sshfp, fingerprint_type, 17, 1),
    MEMBER(wirehound_dns_sshfp, reserved, 18, 6),
    SIZE(wirehound_dns_record, 56),
    MEMBER(wirehound_dns_record, name, 0, 16),
    MEMBER(wirehound_dns_record, type, 16, 2),
    MEMBER(wirehound_dns_record, rclass, 18, 2),
    MEMBER(wirehound_dns_record, ttl, 20, 4),
    MEMBER(wirehound_dns_record, data_kind, 24, 4),
    MEMBER(wirehound_dns_record, cache_flush, 28, 1),
    MEMBER(wirehound_dns_record, reserved, 29, 3),
    MEMBER(wirehound_dns_record, data, 32, 8),
    MEMBER(wirehound_dns_record, rdata, 40, 16),
    SIZE(wirehound_dns, 96),
    MEMBER(wirehound_dns, struct_size, 0, 4),
    MEMBER(wirehound_dns, flags, 4, 4),
    MEMBER(wirehound_dns, id, 8, 2),
    MEMBER(wirehound_dns, qr, 10, 1),
    MEMBER(wirehound_dns, opcode, 11, 1),
    MEMBER(wirehound_dns, aa, 12, 1),
    MEMBER(wirehound_dns, tc, 13, 1),
    MEMBER(wirehound_dns, rd, 14, 1),
    MEMBER(wirehound_dns, ra, 15, 1),
    MEMBER(wirehound_dns, z, 16, 1),
    MEMBER(wirehound_dns, rcode, 17, 1),
    MEMBER(wirehound_dns, qd_count, 18, 2),
    MEMBER(wirehound_dns, an_count, 20, 2),
    MEMBER(wirehound_dns, ns_count, 22, 2),
    MEMBER(wirehound_dns, ar_count, 24, 2),
    MEMBER(wirehound_dns, variant, 26, 1),
    MEMBER(wirehound_dns, reserved, 27, 1),
    MEMBER(wirehound_dns, message_size, 28, 4),
    MEMBER(wirehound_dns, questions, 32, 16),
    MEMBER(wirehound_dns, answers, 48, 16),
    MEMBER(wirehound_dns, authorities, 64, 16),
    MEMBER(wirehound_dns, additionals, 80, 16),
    SIZE(wirehound_dns_answer, 24),
    MEMBER(wirehound_dns_answer, text, 0, 16),
    MEMBER(wirehound_dns_answer, type, 16, 2),
    MEMBER(wirehound_dns_answer, reserved, 18, 2),
    MEMBER(wirehound_dns_answer, ttl, 20, 4),
    SIZE(wirehound_dns_response, 40),
    MEMBER(wirehound_dns_response, query, 0, 24),
    MEMBER(wirehound_dns_response, answers, 24, 16),
    SIZE(wirehound_http_header, 32),
    MEMBER(wirehound_http_header, name, 0, 16),
    MEMBER(wirehound_http_header, value, 16, 16),
    SIZE(wirehound_http, 184),
    MEMBER(wirehound_http, struct_size, 0, 4),
    MEMBER(wirehound_http, flags, 4, 2),
    MEMBER(wirehound_http, kind, 6, 1),
    MEMBER(wirehound_http, reserved, 7, 1),
    MEMBER(wirehound_http, protocol, 8, 16),
    MEMBER(wirehound_http, method, 24, 16),
    MEMBER(wirehound_http, host, 40, 16),
    MEMBER(wirehound_http, uri_path, 56, 16),
    MEMBER(wirehound_http, query, 72, 16),
    MEMBER(wirehound_http, status, 88, 16),
    MEMBER(wirehound_http, status_code, 104, 4),
    MEMBER(wirehound_http, stream_id, 108, 4),
    MEMBER(wirehound_http, content_length, 112, 8),
    MEMBER(wirehound_http, headers, 120, 16),
    MEMBER(wirehound_http, request_method, 136, 16),
    MEMBER(wirehound_http, request_host, 152, 16),
    MEMBER(wirehound_http, request_path, 168, 16),
    SIZE(wirehound_process, 144),
    MEMBER(wirehound_process, struct_size, 0, 4),
    MEMBER(wirehound_process, uid, 4, 4),
    MEMBER(wirehound_process, start_time_ns, 8, 8),
    MEMBER(wirehound_process, thread_start_time_ns, 16, 8),
    MEMBER(wirehound_process, cgroup_id, 24, 8),
    MEMBER(wirehound_process, pid, 32, 4),
    MEMBER(wirehound_process, tid, 36, 4),
    MEMBER(wirehound_process, parent_pid, 40, 4),
    MEMBER(wirehound_process, host_pid, 44, 4),
    MEMBER(wirehound_process, host_tid, 48, 4),
    MEMBER(wirehound_process, host_parent_pid, 52, 4),
    MEMBER(wirehound_process, mount_namespace, 56, 4),
    MEMBER(wirehound_process, pid_namespace, 60, 4),
    MEMBER(wirehound_process, thread_entity_id, 64, 4),
    MEMBER(wirehound_process, process_entity_id, 68, 4),
    MEMBER(wirehound_process, parent_entity_id, 72, 4),
    MEMBER(wirehound_process, gid, 76, 4),
    MEMBER(wirehound_process, comm, 80, 16),
    MEMBER(wirehound_process, executable, 96, 16),
    MEMBER(wirehound_process, host_name, 112, 16),
    MEMBER(wirehound_process, container_id, 128, 16),
    SIZE(wirehound_event, 88),
    MEMBER(wirehound_event, struct_size, 0, 4),
    MEMBER(wirehound_event, event_id, 4, 4),
    MEMBER(wirehound_event, schema_major, 8, 2),
    MEMBER(wirehound_event, schema_minor, 10, 2),
    MEMBER(wirehound_event, cpu, 12, 4),
    MEMBER(wirehound_event, timestamp_ns, 16, 8),
    MEMBER(wirehound_event, sequence, 24, 8),
    MEMBER(wirehound_event, process, 32, 8),
    MEMBER(wirehound_event, fields, 40, 8),
    MEMBER(wirehound_event, field_count, 48, 4),
    MEMBER(wirehound_event, owner_source, 52, 4),
    MEMBER(wirehound_event, name, 56, 16),
    MEMBER(wirehound_event, syscall, 72, 16),
    SIZE(wirehound_event_requirement, 24),
    MEMBER(wirehound_event_requirement, event, 0, 16),
    MEMBER(wirehound_event_requirement, dependency, 16, 4),
    MEMBER(wirehound_event_requirement, reserved, 20, 4),
    SIZE(wirehound_field_definition, 40),
    MEMBER(wirehound_field_definition, name, 0, 16),
    MEMBER(wirehound_field_definition, type, 16, 4),
    MEMBER(wirehound_field_definition, reserved, 20, 4),
    MEMBER(wirehound_field_definition, description, 24, 16),
    SIZE(wirehound_threat, 88),
    MEMBER(wirehound_threat, struct_size, 0, 4),
    MEMBER(wirehound_threat, severity, 4, 4),
    MEMBER(wirehound_threat, name, 8, 16),
    MEMBER(wirehound_threat, description, 24, 16),
    MEMBER(wirehound_threat, mitre_tactic, 40, 16),
    MEMBER(wirehound_threat, mitre_technique_id, 56, 16),
    MEMBER(wirehound_threat, mitre_technique_name, 72, 16),
    SIZE(wirehound_detector_definition, 120),
    MEMBER(wirehound_detector_definition, struct_size, 0, 4),
    MEMBER(wirehound_detector_definition, auto_populate, 4, 4),
    MEMBER(wirehound_detector_definition, id, 8, 16),
    MEMBER(wirehound_detector_definition, requirements, 24, 16),
    MEMBER(wirehound_detector_definition, event_name, 40, 16),
    MEMBER(wirehound_detector_definition, event_description, 56, 16),
    MEMBER(wirehound_detector_definition, event_version, 72, 8),
    MEMBER(wirehound_detector_definition, event_fields, 80, 16),
    MEMBER(wirehound_detector_definition, event_tags, 96, 16),
    MEMBER(wirehound_detector_definition, threat, 112, 8),
    SIZE(wirehound_named_value, 40),
    MEMBER(wirehound_named_value, name, 0, 16),
    MEMBER(wirehound_named_value, type, 16, 4),
    MEMBER(wirehound_named_value, reserved, 20, 4),
    MEMBER(wirehound_named_value, value, 24, 16),
    SIZE(wirehound_finding, 16),
    MEMBER(wirehound_finding, struct_size, 0, 4),
    MEMBER(wirehound_finding, field_count, 4, 4),
    MEMBER(wirehound_finding, fields, 8, 8),
    SIZE(wirehound_host, 64),
    MEMBER(wirehound_host, struct_size, 0, 4),
    MEMBER(wirehound_host, abi_minor, 4, 4),
    MEMBER(wirehound_host, context, 8, 8),
    MEMBER(wirehound_host, log_level, 16, 4),
    MEMBER(wirehound_host, reserved, 20, 4),
    MEMBER(wirehound_host, log, 24, 8),
    MEMBER(wirehound_host, resolve_event, 32, 8),
    MEMBER(wirehound_host, resolve_field, 40, 8),
    MEMBER(wirehound_host, emit, 48, 8),
    MEMBER(wirehound_host, get_extension, 56, 8),
    SIZE(wirehound_describe_sink, 32),
    MEMBER(wirehound_describe_sink, struct_size, 0, 4),
    MEMBER(wirehound_describe_sink, reserved, 4, 4),
    MEMBER(wirehound_describe_sink, context, 8, 8),
    MEMBER(wirehound_describe_sink, take, 16, 8),
    MEMBER(wirehound_describe_sink, fail, 24, 8),
    SIZE(wirehound_detector, 64),
    MEMBER(wirehound_detector, struct_size, 0, 4),
    MEMBER(wirehound_detector, reserved, 4, 4),
    MEMBER(wirehound_detector, describe, 8, 8),
    MEMBER(wirehound_detector, create, 16, 8),
    MEMBER(wirehound_detector, init, 24, 8),
    MEMBER(wirehound_detector, on_event, 32, 8),
    MEMBER(wirehound_detector, close, 40, 8),
    MEMBER(wirehound_detector, destroy, 48, 8),
    MEMBER(wirehound_detector, last_error, 56, 8),
    SIZE(wirehound_detector_module, 40),
    MEMBER(wirehound_detector_module, magic, 0, 4),
    MEMBER(wirehound_detector_module, struct_size, 4, 4),
    MEMBER(wirehound_detector_module, abi_minor, 8, 4),
    MEMBER(wirehound_detector_module, detector_count, 12, 4),
    MEMBER(wirehound_detector_module, detectors, 16, 8),
    MEMBER(wirehound_detector_module, sdk_version, 24, 8),
    MEMBER(wirehound_detector_module, compiler, 32, 8),
};

#undef SIZE
#undef MEMBER

struct Constant {
  std::string_view name;
  unsigned value, golden;
};

#define CONSTANT(name, golden) \
  Constant { #name, name, golden }

constexpr Constant kConstants[] = {
    CONSTANT(WIREHOUND_FAMILY_NONE, 0),
    CONSTANT(WIREHOUND_FAMILY_IPV4, 4),
    CONSTANT(WIREHOUND_FAMILY_IPV6, 6),
    CONSTANT(WIREHOUND_TYPE_NONE, 0),
    CONSTANT(WIREHOUND_TYPE_BOOL, 1),
    CONSTANT(WIREHOUND_TYPE_INT32, 2),
    CONSTANT(WIREHOUND_TYPE_INT64, 3),
    CONSTANT(WIREHOUND_TYPE_UINT16, 4),
    CONSTANT(WIREHOUND_TYPE_UINT32, 5),
    CONSTANT(WIREHOUND_TYPE_UINT64, 6),
    CONSTANT(WIREHOUND_TYPE_DOUBLE, 7),
    CONSTANT(WIREHOUND_TYPE_STRING, 8),
    CONSTANT(WIREHOUND_TYPE_BYTES, 9),
    CONSTANT(WIREHOUND_TYPE_ADDRESS, 10),
    CONSTANT(WIREHOUND_TYPE_STRING_LIST, 11),
    CONSTANT(WIREHOUND_TYPE_PACKET_METADATA, 64),
    CONSTANT(WIREHOUND_TYPE_IPV4, 65),
    CONSTANT(WIREHOUND_TYPE_IPV6, 66),
    CONSTANT(WIREHOUND_TYPE_TCP, 67),
    CONSTANT(WIREHOUND_TYPE_UDP, 68),
    CONSTANT(WIREHOUND_TYPE_DNS, 69),
    CONSTANT(WIREHOUND_TYPE_ICMP, 70),
    CONSTANT(WIREHOUND_TYPE_ICMPV6, 71),
    CONSTANT(WIREHOUND_TYPE_HTTP, 72),
    CONSTANT(WIREHOUND_TYPE_DNS_QUESTIONS, 73),
    CONSTANT(WIREHOUND_TYPE_DNS_RESPONSES, 74),
    CONSTANT(WIREHOUND_FIELD_ABSENT, 1),
    CONSTANT(WIREHOUND_FIELD_TRUNCATED, 2),
    CONSTANT(WIREHOUND_DIRECTION_UNKNOWN, 0),
    CONSTANT(WIREHOUND_DIRECTION_INGRESS, 1),
    CONSTANT(WIREHOUND_DIRECTION_EGRESS, 2),
    CONSTANT(WIREHOUND_DNS_DATA_NONE, 0),
    CONSTANT(WIREHOUND_DNS_DATA_ADDRESS, 1),
    CONSTANT(WIREHOUND_DNS_DATA_NAME, 2),
    CONSTANT(WIREHOUND_DNS_DATA_TEXT, 3),
    CONSTANT(WIREHOUND_DNS_DATA_SOA, 4),
    CONSTANT(WIREHOUND_DNS_DATA_MX, 5),
    CONSTANT(WIREHOUND_DNS_DATA_SRV, 6),
    CONSTANT(WIREHOUND_DNS_DATA_URI, 7),
    CONSTANT(WIREHOUND_DNS_DATA_OPT, 8),
    CONSTANT(WIREHOUND_DNS_DATA_CAA, 9),
    CONSTANT(WIREHOUND_DNS_DATA_SVCB, 10),
    CONSTANT(WIREHOUND_DNS_DATA_NAPTR, 11),
    CONSTANT(WIREHOUND_DNS_DATA_DS, 12),
    CONSTANT(WIREHOUND_DNS_DATA_DNSKEY, 13),
    CONSTANT(WIREHOUND_DNS_DATA_RRSIG, 14),
    CONSTANT(WIREHOUND_DNS_DATA_NSEC, 15),
    CONSTANT(WIREHOUND_DNS_DATA_NSEC3, 16),
    CONSTANT(WIREHOUND_DNS_DATA_TLSA, 17),
    CONSTANT(WIREHOUND_DNS_DATA_SSHFP, 18),
    CONSTANT(WIREHOUND_DNS_TRUNCATED, 1),
    CONSTANT(WIREHOUND_DNS_MALFORMED, 2),
    CONSTANT(WIREHOUND_DNS_LIMIT, 4),
    CONSTANT(WIREHOUND_DNS_TRAILING, 8),
    CONSTANT(WIREHOUND_DNS_VARIANT_PLAIN, 0),
    CONSTANT(WIREHOUND_DNS_VARIANT_MDNS, 1),
    CONSTANT(WIREHOUND_DNS_VARIANT_LLMNR, 2),
    CONSTANT(WIREHOUND_HTTP_REQUEST, 1),
    CONSTANT(WIREHOUND_HTTP_RESPONSE, 2),
    CONSTANT(WIREHOUND_HTTP_TRUNCATED, 1),
    CONSTANT(WIREHOUND_HTTP_MALFORMED, 2),
    CONSTANT(WIREHOUND_ABI_MAJOR, 1),
    CONSTANT(WIREHOUND_ABI_MINOR, 0),
    CONSTANT(WIREHOUND_ABI_MAGIC, 0x57484431),
    CONSTANT(WIREHOUND_OK, 0),
    CONSTANT(WIREHOUND_ERROR, 1),
    CONSTANT(WIREHOUND_ERROR_EXCEPTION, 2),
    CONSTANT(WIREHOUND_ERROR_NOT_FOUND, 3),
    CONSTANT(WIREHOUND_ERROR_WRONG_TYPE, 4),
    CONSTANT(WIREHOUND_ERROR_INVALID, 5),
    CONSTANT(WIREHOUND_ERROR_NOT_DECLARED, 6),
    CONSTANT(WIREHOUND_LOG_DEBUG, 0),
    CONSTANT(WIREHOUND_LOG_INFO, 1),
    CONSTANT(WIREHOUND_LOG_WARN, 2),
    CONSTANT(WIREHOUND_LOG_ERROR, 3),
    CONSTANT(WIREHOUND_OWNER_NONE, 0),
    CONSTANT(WIREHOUND_OWNER_CURRENT, 1),
    CONSTANT(WIREHOUND_OWNER_SOCKET, 2),
    CONSTANT(WIREHOUND_DEPENDENCY_REQUIRED, 0),
    CONSTANT(WIREHOUND_DEPENDENCY_OPTIONAL, 1),
    CONSTANT(WIREHOUND_SEVERITY_INFO, 0),
    CONSTANT(WIREHOUND_SEVERITY_LOW, 1),
    CONSTANT(WIREHOUND_SEVERITY_MEDIUM, 2),
    CONSTANT(WIREHOUND_SEVERITY_HIGH, 3),
    CONSTANT(WIREHOUND_SEVERITY_CRITICAL, 4),
    CONSTANT(WIREHOUND_POPULATE_THREAT, 1),
    CONSTANT(WIREHOUND_POPULATE_DETECTED_FROM, 2),
};

#undef CONSTANT

TEST_CASE("abi layout: no member of any struct has moved, and none has another size") {
  for (const Row& row : kRows) {
    CAPTURE(std::string(row.type));
    CAPTURE(std::string(row.member));
    CHECK(row.offset == row.golden_offset);
    CHECK(row.size == row.golden_size);
  }
}

TEST_CASE("abi layout: members follow each other without hidden padding, and all are listed") {
  const Row* whole = nullptr;
  std::size_t end = 0;
  const auto check_end = [&] {
    if (whole != nullptr && whole->type != "wirehound_value") {
      CAPTURE(std::string(whole->type));
      CHECK(whole->size - end < 8);  // what alignment may add at the end, where members will go
    }
  };
  for (const Row& row : kRows) {
    if (row.member.empty()) {
      check_end();
      whole = &row;
      end = 0;
    } else if (row.type != "wirehound_value") {  // a union: its members share their place
      CAPTURE(std::string(row.type));
      CAPTURE(std::string(row.member));
      CHECK(row.offset == end);
      end = row.offset + row.size;
    }
  }
  check_end();
}

TEST_CASE("abi layout: every number is what it was") {
  for (const Constant& constant : kConstants) {
    CAPTURE(std::string(constant.name));
    CHECK(constant.value == constant.golden);
  }
}

TEST_CASE("abi layout: the module's symbol carries the major version") {
  CHECK(std::string(WIREHOUND_DETECTOR_MODULE_NAME) ==
        WIREHOUND_DETECTOR_MODULE_PREFIX + std::to_string(WIREHOUND_ABI_MAJOR));
}

TEST_CASE("abi layout: what crosses by pointer states its size first") {
  for (const std::string_view type :
       {"wirehound_process", "wirehound_event", "wirehound_threat", "wirehound_detector_definition",
        "wirehound_finding", "wirehound_host", "wirehound_describe_sink", "wirehound_detector",
        "wirehound_packet_metadata", "wirehound_ipv4", "wirehound_ipv6", "wirehound_tcp",
        "wirehound_udp", "wirehound_icmp", "wirehound_icmpv6", "wirehound_dns", "wirehound_http"}) {
    CAPTURE(std::string(type));
    CHECK(std::any_of(std::begin(kRows), std::end(kRows), [type](const Row& row) {
      return row.type == type && row.member == "struct_size" && row.offset == 0;
    }));
  }
}

TEST_CASE("abi layout: a stated size ends with the last member, and tells which are there") {
  CHECK(WIREHOUND_STRUCT_SIZE(wirehound_describe_sink, fail) == 32);
  wirehound_finding finding{};
  finding.struct_size = WIREHOUND_STRUCT_SIZE(wirehound_finding, field_count);
  CHECK(WIREHOUND_HAS(&finding, wirehound_finding, field_count));
  CHECK_FALSE(WIREHOUND_HAS(&finding, wirehound_finding, fields));
  finding.struct_size = sizeof(finding) + 64;
  CHECK(WIREHOUND_HAS(&finding, wirehound_finding, fields));
}

}  // namespace

TEST_SUITE_END();
