// SPDX-License-Identifier: Apache-2.0

#include "engine/catalogue/message_schema.h"

#include <array>
#include <bit>

#include <wirehound/abi/messages.h>

#include "engine/catalogue/schema_members.h"

namespace wirehound {

namespace {

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

// Type and code are two bytes side by side, read as one number: the type is its upper byte.
template <NumberText kText>
std::string_view TypeCodeText(std::uint64_t value, TextBuffer& scratch) {
  const auto pair = static_cast<std::uint16_t>(value);
  return kText(std::endian::native == std::endian::big ? pair : __builtin_bswap16(pair), scratch);
}

constexpr auto kIcmpMembers = std::to_array<MemberSchema>({
    TextAt("typeCode", kText16, offsetof(wirehound_icmp, type), TypeCodeText<IcmpTypeCodeText>),
    At("checksum", kUint16, offsetof(wirehound_icmp, checksum)),
    At("id", kUint16, offsetof(wirehound_icmp, id)),
    At("seq", kUint16, offsetof(wirehound_icmp, seq)),
});

constexpr auto kIcmpv6Members = std::to_array<MemberSchema>({
    TextAt("typeCode", kText16, offsetof(wirehound_icmpv6, type), TypeCodeText<Icmpv6TypeCodeText>),
    At("checksum", kUint16, offsetof(wirehound_icmpv6, checksum)),
});

}  // namespace

const MessageSchema kPacketMetadataSchema = {"trace.PacketMetadata", kPacketMetadataMembers,
                                             sizeof(wirehound_packet_metadata)};
const MessageSchema kPacketSummarySchema = {"trace.PktMeta", kPacketMetadataMembers,
                                            sizeof(wirehound_packet_metadata)};
const MessageSchema kIpv4Schema = {"trace.ProtoIPv4", kIpv4Members, sizeof(wirehound_ipv4)};
const MessageSchema kIpv6Schema = {"trace.ProtoIPv6", kIpv6Members, sizeof(wirehound_ipv6)};
const MessageSchema kTcpSchema = {"trace.ProtoTCP", kTcpMembers, sizeof(wirehound_tcp)};
const MessageSchema kUdpSchema = {"trace.ProtoUDP", kUdpMembers, sizeof(wirehound_udp)};
const MessageSchema kIcmpSchema = {"trace.ProtoICMP", kIcmpMembers, sizeof(wirehound_icmp)};
const MessageSchema kIcmpv6Schema = {"trace.ProtoICMPv6", kIcmpv6Members, sizeof(wirehound_icmpv6)};

}  // namespace wirehound
