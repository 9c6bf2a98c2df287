// SPDX-License-Identifier: Apache-2.0

// The walk from link to transport. Each step notes its status; a step that could not find the
// next header is the last.

#include "decoders/packet/packet_decoder.h"

#include <wirehound/abi/detector_abi.h>

#include "decoders/ip/icmp_decoder.h"
#include "decoders/ip/ip_extensions.h"
#include "decoders/ip/ipv4_decoder.h"
#include "decoders/ip/ipv6_decoder.h"
#include "decoders/transport/tcp_decoder.h"
#include "decoders/transport/udp_decoder.h"

namespace wirehound {
namespace {

constexpr wirehound_string kUnknownInterface = {"any", 3};

// By PacketLayer; kOtherTransport has none and is never malformed.
constexpr std::array<AnomalyKind, kPacketLayerCount - 1> kAnomalies = {
    AnomalyKind::kLinkMalformed,   AnomalyKind::kIpv4Malformed,  AnomalyKind::kIpv6Malformed,
    AnomalyKind::kTcpMalformed,    AnomalyKind::kUdpMalformed,   AnomalyKind::kIcmpMalformed,
    AnomalyKind::kIcmpv6Malformed, AnomalyKind::kTunnelMalformed};

void Note(Packet& packet, PacketLayer layer, DecodeStatus status) {
  packet.results[packet.result_count] = {layer, status};
  ++packet.result_count;
  if (status == DecodeStatus::kMalformed) [[unlikely]] {
    packet.found_anomalies[packet.anomaly_count] = {kAnomalies[static_cast<std::size_t>(layer)]};
    ++packet.anomaly_count;
  }
}

IpPayload DecodeNetwork(const LinkPayload& link, Packet& packet) {
  IpPayload payload;
  if (link.protocol == NetworkProtocol::kIpv4) {
    Note(packet, PacketLayer::kIpv4, DecodeIpv4(link.bytes, packet.ipv4, payload));
    if (packet.has_ipv4()) {
      packet.metadata.src_ip = packet.ipv4.src_ip;
      packet.metadata.dst_ip = packet.ipv4.dst_ip;
    }
  } else {
    Note(packet, PacketLayer::kIpv6, DecodeIpv6(link.bytes, packet.ipv6, payload));
    if (packet.has_ipv6()) {
      packet.metadata.src_ip = packet.ipv6.src_ip;
      packet.metadata.dst_ip = packet.ipv6.dst_ip;
    }
  }
  packet.metadata.protocol = payload.protocol;
  packet.metadata.packet_len = static_cast<std::uint32_t>(payload.packet_bytes);
  packet.fragment = payload.fragment;
  if (payload.fragment_info.is_fragment) [[unlikely]] {
    packet.fragment_info = payload.fragment_info;
  }
  return payload;
}

void NoteOther(const IpPayload& in, Packet& packet) {
  packet.payload = in.bytes;
  Note(packet, PacketLayer::kOtherTransport, DecodeStatus::kUnknown);
}

void DecodeTcpLayer(const IpPayload& in, Packet& packet) {
  Note(packet, PacketLayer::kTcp, DecodeTcp(in.bytes, packet.tcp, packet.payload));
  if (packet.has_tcp()) {
    packet.metadata.src_port = packet.tcp.src_port;
    packet.metadata.dst_port = packet.tcp.dst_port;
  }
}

void DecodeUdpLayer(const IpPayload& in, Packet& packet) {
  Note(packet, PacketLayer::kUdp, DecodeUdp(in.bytes, packet.udp, packet.payload));
  if (!packet.has_udp()) {
    return;
  }
  packet.metadata.src_port = packet.udp.src_port;
  packet.metadata.dst_port = packet.udp.dst_port;
  if (!IsUdpTunnelPort(packet.udp.src_port, packet.udp.dst_port) || in.fragment != Fragment::kNone)
      [[likely]] {
    return;
  }
  Encapsulated inner;
  if (DecodeUdpTunnel(packet.udp.src_port, packet.udp.dst_port, packet.payload, inner)) {
    Note(packet, PacketLayer::kTunnel, DecodeStatus::kOk);
    packet.encapsulated = inner;
  }
}

void DecodeGreLayer(const IpPayload& in, Packet& packet) {
  packet.payload = in.bytes;
  Encapsulated inner;
  Note(packet, PacketLayer::kTunnel, DecodeGre(in.bytes, inner));
  if (inner.bytes.wire_size > 0) {
    packet.encapsulated = inner;
  }
}

// IP in IP has no header between the two.
void EnterIp(const IpPayload& in, LinkType link, Packet& packet) {
  packet.payload = in.bytes;
  Note(packet, PacketLayer::kTunnel, DecodeStatus::kOk);
  packet.encapsulated = Encapsulated{link, in.bytes};
}

void DecodeIcmpLayer(const IpPayload& in, Packet& packet) {
  if (in.protocol == kProtocolIcmp && packet.has_ipv4()) {
    Note(packet, PacketLayer::kIcmp, DecodeIcmp(in.bytes, packet.icmp, packet.payload));
  } else if (in.protocol == kProtocolIcmpv6 && packet.has_ipv6()) {
    Note(packet, PacketLayer::kIcmpv6, DecodeIcmpv6(in.bytes, packet.icmpv6, packet.payload));
  } else {
    NoteOther(in, packet);  // each belongs to its own version of IP
  }
}

void DecodeTunnelLayer(const IpPayload& in, Packet& packet) {
  if (in.fragment != Fragment::kNone) {
    NoteOther(in, packet);
    return;
  }
  switch (in.protocol) {
    case kProtocolIpv4:
      EnterIp(in, LinkType::kIpv4, packet);
      break;
    case kProtocolIpv6:
      EnterIp(in, LinkType::kIpv6, packet);
      break;
    default:
      DecodeGreLayer(in, packet);
  }
}

void DecodeTransport(const IpPayload& in, Packet& packet) {
  if (in.fragment == Fragment::kLater) {
    NoteOther(in, packet);
    return;
  }
  switch (in.protocol) {
    case kProtocolTcp:
      DecodeTcpLayer(in, packet);
      break;
    case kProtocolUdp:
      DecodeUdpLayer(in, packet);
      break;
    case kProtocolIcmp:
    case kProtocolIcmpv6:
      DecodeIcmpLayer(in, packet);
      break;
    case kProtocolIpv4:
    case kProtocolIpv6:
    case kProtocolGre:
      DecodeTunnelLayer(in, packet);
      break;
    default:
      NoteOther(in, packet);
  }
}

DecodeStatus FirstFailure(const Packet& packet) {
  for (const LayerResult& result : packet.layers()) {
    if (result.status != DecodeStatus::kOk) {
      return result.status;
    }
  }
  return DecodeStatus::kOk;
}

// All behind the network header.
void ClearTransport(Packet& packet) {
  packet.metadata.src_port = 0;
  packet.metadata.dst_port = 0;
  packet.tcp.struct_size = 0;
  packet.udp.struct_size = 0;
  packet.icmp.struct_size = 0;
  packet.icmpv6.struct_size = 0;
  packet.payload = {};
  packet.fragment = Fragment::kNone;
  packet.fragment_info.is_fragment = false;
  packet.encapsulated.reset();
  packet.result_count = 0;
  packet.anomaly_count = 0;
}

// The extension headers in a datagram put together from fragments. A fragment inside it, or
// options for each hop, which belong in front of what was cut up, break RFC 8200 section 4.
DecodeStatus WalkReassembled(CapturedBytes datagram, bool is_ipv6, IpPayload& payload) {
  if (!is_ipv6) {
    return WalkIpv4Extensions(datagram, payload);
  }
  if (payload.protocol == kProtocolHopByHop) {
    return DecodeStatus::kMalformed;
  }
  const DecodeStatus status = WalkIpv6Extensions(datagram, payload);
  return payload.fragment == Fragment::kNone ? status : DecodeStatus::kMalformed;
}

}  // namespace

void Packet::Clear() {
  metadata = {};
  metadata.struct_size = WIREHOUND_STRUCT_SIZE(wirehound_packet_metadata, iface);
  metadata.iface = kUnknownInterface;
  ipv4.struct_size = 0;
  ipv6.struct_size = 0;
  ClearTransport(*this);
}

DecodeStatus DecodePacket(LinkType link, std::span<const std::byte> bytes, std::size_t wire_length,
                          Packet& out) {
  out.Clear();
  LinkPayload network;
  const DecodeStatus link_status = DecodeLink(link, CapturedBytes(bytes, wire_length), network);
  Note(out, PacketLayer::kLink, link_status);
  if (link_status != DecodeStatus::kOk) {
    return link_status;
  }
  const IpPayload transport = DecodeNetwork(network, out);
  if (transport.located) {
    DecodeTransport(transport, out);
  }
  return FirstFailure(out);
}

DecodeStatus DecodeTransportPayload(std::uint8_t protocol, CapturedBytes datagram, Packet& packet) {
  ClearTransport(packet);
  IpPayload payload;
  payload.protocol = protocol;
  const DecodeStatus walked = WalkReassembled(datagram, packet.has_ipv6(), payload);
  packet.metadata.protocol = payload.protocol;
  if (walked != DecodeStatus::kOk) {
    Note(packet, packet.has_ipv6() ? PacketLayer::kIpv6 : PacketLayer::kIpv4, walked);
    return walked;
  }
  DecodeTransport(payload, packet);
  return FirstFailure(packet);
}

}  // namespace wirehound
