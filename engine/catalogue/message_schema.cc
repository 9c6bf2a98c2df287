// SPDX-License-Identifier: Apache-2.0

#include "engine/catalogue/message_schema.h"

#include <array>

#include <wirehound/abi/messages.h>

namespace wirehound {

namespace {

constexpr MemberSchema At(std::string_view name, MemberKind kind, std::size_t offset) {
  return {.name = name, .kind = kind, .offset = offset};
}

constexpr MemberSchema TextAt(std::string_view name, MemberKind kind, std::size_t offset,
                              NumberText text) {
  return {.name = name, .kind = kind, .offset = offset, .text = text};
}

constexpr MemberSchema ListAt(std::string_view name, std::size_t offset,
                              const MessageSchema& element) {
  return {.name = name, .kind = MemberKind::kMessageList, .offset = offset, .message = &element};
}

// The data of a DNS record, when it is of this kind.
template <std::uint32_t kKind>
const void* RecordData(const void* message) {
  const auto* record = static_cast<const wirehound_dns_record*>(message);
  return record->data_kind == kKind ? record->data : nullptr;
}

// The name a record of this type holds: NS, CNAME and PTR share one form.
template <std::uint16_t kType>
const void* RecordName(const void* message) {
  const auto* record = static_cast<const wirehound_dns_record*>(message);
  return record->type == kType ? RecordData<WIREHOUND_DNS_DATA_NAME>(message) : nullptr;
}

const void* RecordText(const void* message) {
  const auto* record = static_cast<const wirehound_dns_record*>(message);
  return record->data_kind == WIREHOUND_DNS_DATA_TEXT ? &record->rdata : nullptr;
}

constexpr MemberSchema Located(std::string_view name, MemberKind kind, MemberSchema::Locate locate,
                               const MessageSchema* message = nullptr) {
  return {.name = name, .kind = kind, .locate = locate, .message = message};
}

using enum MemberKind;

constexpr auto kPacketMetadataMembers = std::to_array<MemberSchema>({
    At("src_ip", kAddress, offsetof(wirehound_packet_metadata, src_ip)),
    At("dst_ip", kAddress, offsetof(wirehound_packet_metadata, dst_ip)),
    At("src_port", kUint16, offsetof(wirehound_packet_metadata, src_port)),
    At("dst_port", kUint16, offsetof(wirehound_packet_metadata, dst_port)),
    At("protocol", kUint8, offsetof(wirehound_packet_metadata, protocol)),
    At("packet_len", kUint32, offsetof(wirehound_packet_metadata, packet_len)),
    At("iface", kString, offsetof(wirehound_packet_metadata, iface)),
    TextAt("direction", kText8, offsetof(wirehound_packet_metadata, direction), DirectionText),
});

constexpr auto kIpv4Members = std::to_array<MemberSchema>({
    At("version", kUint8, offsetof(wirehound_ipv4, version)),
    At("IHL", kUint8, offsetof(wirehound_ipv4, ihl)),
    At("TOS", kUint8, offsetof(wirehound_ipv4, tos)),
    At("length", kUint16, offsetof(wirehound_ipv4, length)),
    At("id", kUint16, offsetof(wirehound_ipv4, id)),
    At("flags", kUint8, offsetof(wirehound_ipv4, flags)),
    At("fragOffset", kUint16, offsetof(wirehound_ipv4, frag_offset)),
    At("TTL", kUint8, offsetof(wirehound_ipv4, ttl)),
    TextAt("protocol", kText8, offsetof(wirehound_ipv4, protocol), IpProtocolText),
    At("checksum", kUint16, offsetof(wirehound_ipv4, checksum)),
    At("srcIP", kAddress, offsetof(wirehound_ipv4, src_ip)),
    At("dstIP", kAddress, offsetof(wirehound_ipv4, dst_ip)),
});

constexpr auto kIpv6Members = std::to_array<MemberSchema>({
    At("version", kUint8, offsetof(wirehound_ipv6, version)),
    At("trafficClass", kUint8, offsetof(wirehound_ipv6, traffic_class)),
    At("flowLabel", kUint32, offsetof(wirehound_ipv6, flow_label)),
    At("length", kUint16, offsetof(wirehound_ipv6, length)),
    TextAt("nextHeader", kText8, offsetof(wirehound_ipv6, next_header), IpProtocolText),
    At("hopLimit", kUint8, offsetof(wirehound_ipv6, hop_limit)),
    At("srcIP", kAddress, offsetof(wirehound_ipv6, src_ip)),
    At("dstIP", kAddress, offsetof(wirehound_ipv6, dst_ip)),
});

constexpr auto kTcpMembers = std::to_array<MemberSchema>({
    At("srcPort", kUint16, offsetof(wirehound_tcp, src_port)),
    At("dstPort", kUint16, offsetof(wirehound_tcp, dst_port)),
    At("seq", kUint32, offsetof(wirehound_tcp, seq)),
    At("ack", kUint32, offsetof(wirehound_tcp, ack)),
    At("dataOffset", kUint8, offsetof(wirehound_tcp, data_offset)),
    At("FIN", kUint8, offsetof(wirehound_tcp, fin_flag)),
    At("SYN", kUint8, offsetof(wirehound_tcp, syn_flag)),
    At("RST", kUint8, offsetof(wirehound_tcp, rst_flag)),
    At("PSH", kUint8, offsetof(wirehound_tcp, psh_flag)),
    At("ACK", kUint8, offsetof(wirehound_tcp, ack_flag)),
    At("URG", kUint8, offsetof(wirehound_tcp, urg_flag)),
    At("ECE", kUint8, offsetof(wirehound_tcp, ece_flag)),
    At("CWR", kUint8, offsetof(wirehound_tcp, cwr_flag)),
    At("NS", kUint8, offsetof(wirehound_tcp, ns_flag)),
    At("window", kUint16, offsetof(wirehound_tcp, window)),
    At("checksum", kUint16, offsetof(wirehound_tcp, checksum)),
    At("urgent", kUint16, offsetof(wirehound_tcp, urgent)),
});

constexpr auto kUdpMembers = std::to_array<MemberSchema>({
    At("srcPort", kUint16, offsetof(wirehound_udp, src_port)),
    At("dstPort", kUint16, offsetof(wirehound_udp, dst_port)),
    At("length", kUint16, offsetof(wirehound_udp, length)),
    At("checksum", kUint16, offsetof(wirehound_udp, checksum)),
});

constexpr auto kDnsQuestionMembers = std::to_array<MemberSchema>({
    At("name", kString, offsetof(wirehound_dns_question, name)),
    TextAt("type", kText16, offsetof(wirehound_dns_question, type), DnsTypeText),
    TextAt("class", kText16, offsetof(wirehound_dns_question, qclass), DnsClassText),
});
constexpr MessageSchema kDnsQuestionSchema = {"trace.ProtoDNSQuestion", kDnsQuestionMembers};

constexpr auto kDnsSoaMembers = std::to_array<MemberSchema>({
    At("MName", kString, offsetof(wirehound_dns_soa, mname)),
    At("RName", kString, offsetof(wirehound_dns_soa, rname)),
    At("serial", kUint32, offsetof(wirehound_dns_soa, serial)),
    At("refresh", kUint32, offsetof(wirehound_dns_soa, refresh)),
    At("retry", kUint32, offsetof(wirehound_dns_soa, retry)),
    At("expire", kUint32, offsetof(wirehound_dns_soa, expire)),
    At("minimum", kUint32, offsetof(wirehound_dns_soa, minimum)),
});
constexpr MessageSchema kDnsSoaSchema = {"trace.ProtoDNSSOA", kDnsSoaMembers};

constexpr auto kDnsSrvMembers = std::to_array<MemberSchema>({
    At("priority", kUint16, offsetof(wirehound_dns_srv, priority)),
    At("weight", kUint16, offsetof(wirehound_dns_srv, weight)),
    At("port", kUint16, offsetof(wirehound_dns_srv, port)),
    At("name", kString, offsetof(wirehound_dns_srv, name)),
});
constexpr MessageSchema kDnsSrvSchema = {"trace.ProtoDNSSRV", kDnsSrvMembers};

constexpr auto kDnsMxMembers = std::to_array<MemberSchema>({
    At("preference", kUint16, offsetof(wirehound_dns_mx, preference)),
    At("name", kString, offsetof(wirehound_dns_mx, name)),
});
constexpr MessageSchema kDnsMxSchema = {"trace.ProtoDNSMX", kDnsMxMembers};

constexpr auto kDnsUriMembers = std::to_array<MemberSchema>({
    At("priority", kUint16, offsetof(wirehound_dns_uri, priority)),
    At("weight", kUint16, offsetof(wirehound_dns_uri, weight)),
    At("target", kString, offsetof(wirehound_dns_uri, target)),
});
constexpr MessageSchema kDnsUriSchema = {"trace.ProtoDNSURI", kDnsUriMembers};

constexpr auto kDnsOptionMembers = std::to_array<MemberSchema>({
    TextAt("code", kText16, offsetof(wirehound_dns_option, code), EdnsOptionText),
    At("data", kHex, offsetof(wirehound_dns_option, data)),
});
constexpr MessageSchema kDnsOptionSchema = {"trace.ProtoDNSOPT", kDnsOptionMembers};

constexpr auto kDnsRecordMembers = std::to_array<MemberSchema>({
    At("name", kString, offsetof(wirehound_dns_record, name)),
    TextAt("type", kText16, offsetof(wirehound_dns_record, type), DnsTypeText),
    TextAt("class", kText16, offsetof(wirehound_dns_record, rclass), DnsClassText),
    At("TTL", kUint32, offsetof(wirehound_dns_record, ttl)),
    Located("IP", kAddress, RecordData<WIREHOUND_DNS_DATA_ADDRESS>),
    Located("NS", kString, RecordName<2>),
    Located("CNAME", kString, RecordName<5>),
    Located("PTR", kString, RecordName<12>),
    Located("TXTs", kStringList, RecordData<WIREHOUND_DNS_DATA_TEXT>),
    Located("SOA", kMessage, RecordData<WIREHOUND_DNS_DATA_SOA>, &kDnsSoaSchema),
    Located("SRV", kMessage, RecordData<WIREHOUND_DNS_DATA_SRV>, &kDnsSrvSchema),
    Located("MX", kMessage, RecordData<WIREHOUND_DNS_DATA_MX>, &kDnsMxSchema),
    Located("OPT", kMessageList, RecordData<WIREHOUND_DNS_DATA_OPT>, &kDnsOptionSchema),
    Located("URI", kMessage, RecordData<WIREHOUND_DNS_DATA_URI>, &kDnsUriSchema),
    Located("TXT", kRawString, RecordText),
});
constexpr MessageSchema kDnsRecordSchema = {"trace.ProtoDNSResourceRecord", kDnsRecordMembers};

constexpr auto kDnsMembers = std::to_array<MemberSchema>({
    At("ID", kUint16, offsetof(wirehound_dns, id)),
    At("QR", kUint8, offsetof(wirehound_dns, qr)),
    TextAt("opCode", kText8, offsetof(wirehound_dns, opcode), DnsOpcodeText),
    At("AA", kUint8, offsetof(wirehound_dns, aa)),
    At("TC", kUint8, offsetof(wirehound_dns, tc)),
    At("RD", kUint8, offsetof(wirehound_dns, rd)),
    At("RA", kUint8, offsetof(wirehound_dns, ra)),
    At("Z", kUint8, offsetof(wirehound_dns, z)),
    TextAt("responseCode", kText8, offsetof(wirehound_dns, rcode), DnsResponseCodeText),
    At("QDCount", kUint16, offsetof(wirehound_dns, qd_count)),
    At("ANCount", kUint16, offsetof(wirehound_dns, an_count)),
    At("NSCount", kUint16, offsetof(wirehound_dns, ns_count)),
    At("ARCount", kUint16, offsetof(wirehound_dns, ar_count)),
    ListAt("questions", offsetof(wirehound_dns, questions), kDnsQuestionSchema),
    ListAt("answers", offsetof(wirehound_dns, answers), kDnsRecordSchema),
    ListAt("authorities", offsetof(wirehound_dns, authorities), kDnsRecordSchema),
    ListAt("additionals", offsetof(wirehound_dns, additionals), kDnsRecordSchema),
});

}  // namespace

const MessageSchema kPacketMetadataSchema = {"trace.PacketMetadata", kPacketMetadataMembers};
const MessageSchema kIpv4Schema = {"trace.ProtoIPv4", kIpv4Members};
const MessageSchema kIpv6Schema = {"trace.ProtoIPv6", kIpv6Members};
const MessageSchema kTcpSchema = {"trace.ProtoTCP", kTcpMembers};
const MessageSchema kUdpSchema = {"trace.ProtoUDP", kUdpMembers};
const MessageSchema kDnsSchema = {"trace.ProtoDNS", kDnsMembers};

}  // namespace wirehound
