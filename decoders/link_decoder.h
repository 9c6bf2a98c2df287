// SPDX-License-Identifier: Apache-2.0

// The link layer: finds the network layer's header in a captured frame. Ethernet II and raw IP;
// a layer between link and IP (VLAN tags, PPPoE) belongs here too, as one more step that moves
// LinkPayload on. Pure; any thread.

#pragma once

#include <cstddef>
#include <cstdint>

#include "decoders/captured_bytes.h"
#include "decoders/decode_status.h"

namespace wirehound {

/// What the first captured byte belongs to, by the LINKTYPE_ values of tcpdump.org's registry.
/// Any other value is a link layer that is not decoded.
enum class LinkType : std::uint32_t {
  kEthernet = 1,  ///< an Ethernet II header
  kRawIp = 101,   ///< an IPv4 or IPv6 header, told apart by its version
};

enum class NetworkProtocol : std::uint8_t { kNone, kIpv4, kIpv6 };

inline constexpr std::size_t kEthernetHeaderBytes = 14;

/// What a link layer carries.
struct LinkPayload {
  NetworkProtocol protocol = NetworkProtocol::kNone;
  CapturedBytes bytes;  ///< from the network header on, with any padding behind the packet
};

/// Finds the network header in the frame `in`.
/// kUnknown: the link type, EtherType or IP version is none of ours; kTruncated or kMalformed:
/// the frame ends inside its own header. `out` is valid with kOk only.
DecodeStatus DecodeLink(LinkType link, CapturedBytes in, LinkPayload& out);

}  // namespace wirehound
