// SPDX-License-Identifier: Apache-2.0

// DecodePacket: one captured frame to its link, network and transport headers. Where everything
// about packets starts; what the payload means is for the decoders after it. A packet inside the
// packet (a tunnel) is found but not entered: the caller decodes it as the next one. Pure; any
// thread.

#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>

#include <wirehound/abi/messages.h>

#include "decoders/core/anomaly.h"
#include "decoders/core/captured_bytes.h"
#include "decoders/core/decode_status.h"
#include "decoders/ip/ip_payload.h"
#include "decoders/link/link_decoder.h"
#include "decoders/packet/tunnel_decoder.h"

namespace wirehound {

/// The decoders a packet goes through, for counters per (decoder, status).
enum class PacketLayer : std::uint8_t {
  kLink,
  kIpv4,
  kIpv6,
  kTcp,
  kUdp,
  kIcmp,
  kIcmpv6,
  kTunnel,          ///< the header in front of an encapsulated packet
  kOtherTransport,  ///< always kUnknown: another protocol, or a fragment without its header
};
inline constexpr std::size_t kPacketLayerCount = 9;

/// Layers one packet can have: link, network, transport, tunnel.
inline constexpr std::size_t kMaxPacketLayers = 4;

/// Packets inside packets that are followed, the captured one not counted. For the caller, which
/// reports kTunnelTooDeep beyond that.
inline constexpr int kMaxTunnelDepth = 8;

/// How one decoder ended.
struct LayerResult {
  PacketLayer layer;
  DecodeStatus status;
};

/// What a frame consists of. Meant to be kept and filled again and again; everything in it is
/// borrowed from the frame or a value.
struct Packet {
  /// Addresses, ports, protocol and packet_len; of an IP header with a length of 0 (segmentation
  /// offload) packet_len is what was on the wire. Ports are 0 where no transport header was read.
  /// Direction and interface are left unknown; the caller may know them.
  wirehound_packet_metadata metadata;

  // Present where struct_size is not 0: the fixed part of that header was there. A presence says
  // nothing about what follows; see results.
  wirehound_ipv4 ipv4;
  wirehound_ipv6 ipv6;
  wirehound_tcp tcp;
  wirehound_udp udp;
  wirehound_icmp icmp;
  wirehound_icmpv6 icmpv6;

  /// Behind the transport header (behind the IP header for protocols that are not decoded and for
  /// later fragments), bounded by every length field before it. Its whole() is false when the
  /// capture, or fragmentation, left something of it out.
  CapturedBytes payload;
  Fragment fragment;
  FragmentInfo fragment_info;  ///< counts if is_fragment; may be there though `fragment` is kNone

  /// The packet inside this one, to be decoded next; its bytes are part of `payload`. A fragment
  /// has none: part of a packet would come to light here, and all of it once more when the datagram
  /// is put together.
  std::optional<Encapsulated> encapsulated;

  std::array<LayerResult, kMaxPacketLayers> results;  ///< the first result_count count
  std::size_t result_count;
  std::array<Anomaly, kMaxPacketLayers> found_anomalies;  ///< the first anomaly_count count
  std::size_t anomaly_count;

  Packet() { Clear(); }

  /// Forgets the last frame. Headers keep their bytes but are no longer present.
  void Clear();

  bool has_ipv4() const { return ipv4.struct_size != 0; }
  bool has_ipv6() const { return ipv6.struct_size != 0; }
  bool has_tcp() const { return tcp.struct_size != 0; }
  bool has_udp() const { return udp.struct_size != 0; }
  bool has_icmp() const { return icmp.struct_size != 0; }
  bool has_icmpv6() const { return icmpv6.struct_size != 0; }

  /// WIREHOUND_FAMILY_* of the network header, NONE without one.
  std::uint8_t family() const { return metadata.src_ip.family; }

  /// One result per decoder that ran, outermost first.
  std::span<const LayerResult> layers() const { return std::span(results).first(result_count); }

  /// One anomaly per layer whose status is kMalformed, outermost first. What the capture cut off is
  /// none.
  std::span<const Anomaly> anomalies() const {
    return std::span(found_anomalies).first(anomaly_count);
  }
};

/// Decodes `bytes`, the captured part of a frame of `wire_length` bytes, into `out`, which is
/// cleared first. Goes as deep as the bytes are sound; what was found stays in `out`.
/// Returns the first status that is not kOk, outermost layer first.
DecodeStatus DecodePacket(LinkType link, std::span<const std::byte> bytes, std::size_t wire_length,
                          Packet& out);

/// Decodes `datagram`, which starts with the header `protocol` and was put together from fragments,
/// as what `packet`, one of them, carries: its network header and metadata stay, but protocol and
/// ports; transport headers, payload and encapsulated packet are replaced; it is no longer a
/// fragment. In IPv6 the walk over extension headers goes on where the fragments began.
/// Results and anomalies are afterwards those of this call only, so that nothing is counted twice.
/// Returns the first status that is not kOk. `packet` then borrows from `datagram`.
DecodeStatus DecodeTransportPayload(std::uint8_t protocol, CapturedBytes datagram, Packet& packet);

}  // namespace wirehound
