// SPDX-License-Identifier: Apache-2.0

// The walk from link to transport. Each step notes its status; a step that could not find the
// next header is the last.

#include "decoders/packet_decoder.h"

#include <wirehound/abi/detector_abi.h>

#include "decoders/ipv4_decoder.h"
#include "decoders/ipv6_decoder.h"
#include "decoders/tcp_decoder.h"
#include "decoders/udp_decoder.h"

namespace wirehound {
namespace {

constexpr wirehound_string kUnknownInterface = {"any", 3};

void Note(Packet& packet, PacketLayer layer, DecodeStatus status) {
  packet.results[packet.result_count] = {layer, status};
  ++packet.result_count;
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
  return payload;
}

void DecodeTransport(const IpPayload& in, Packet& packet) {
  if (in.fragment == Fragment::kLater) {
    packet.payload = in.bytes;
    Note(packet, PacketLayer::kOtherTransport, DecodeStatus::kUnknown);
    return;
  }
  switch (in.protocol) {
    case kProtocolTcp:
      Note(packet, PacketLayer::kTcp, DecodeTcp(in.bytes, packet.tcp, packet.payload));
      if (packet.has_tcp()) {
        packet.metadata.src_port = packet.tcp.src_port;
        packet.metadata.dst_port = packet.tcp.dst_port;
      }
      break;
    case kProtocolUdp:
      Note(packet, PacketLayer::kUdp, DecodeUdp(in.bytes, packet.udp, packet.payload));
      if (packet.has_udp()) {
        packet.metadata.src_port = packet.udp.src_port;
        packet.metadata.dst_port = packet.udp.dst_port;
      }
      break;
    default:
      packet.payload = in.bytes;
      Note(packet, PacketLayer::kOtherTransport, DecodeStatus::kUnknown);
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

}  // namespace

void Packet::Clear() {
  metadata = {};
  metadata.struct_size = WIREHOUND_STRUCT_SIZE(wirehound_packet_metadata, iface);
  metadata.iface = kUnknownInterface;
  ipv4.struct_size = 0;
  ipv6.struct_size = 0;
  tcp.struct_size = 0;
  udp.struct_size = 0;
  payload = {};
  fragment = Fragment::kNone;
  result_count = 0;
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

}  // namespace wirehound
