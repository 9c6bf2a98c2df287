// SPDX-License-Identifier: Apache-2.0

// What stands between a link header and IP, whichever link it is: a chain of VLAN tags (IEEE
// 802.1Q, 802.1ad), MPLS labels (RFC 3032), PPPoE session headers (RFC 2516), PPP protocol numbers
// (RFC 1661) and LLC with SNAP (IEEE 802.2), in any sensible order. Pure; any thread.

#pragma once

#include <cstdint>

#include "decoders/core/captured_bytes.h"
#include "decoders/core/decode_status.h"
#include "decoders/link/link_decoder.h"

namespace wirehound {

inline constexpr std::uint16_t kEtherTypeIpv4 = 0x0800;
inline constexpr std::uint16_t kEtherTypeIpv6 = 0x86dd;
inline constexpr std::uint16_t kEtherTypePppoeSession = 0x8864;
inline constexpr std::uint16_t kEtherTypeTransparentEthernet = 0x6558;
inline constexpr std::uint16_t kEtherTypePpp = 0x880b;

/// Values up to this one are not types but the length of an LLC frame (IEEE 802.3 clause 3.2.6).
inline constexpr std::uint16_t kMaxLlcBytes = 1500;

/// VLAN tags, MPLS labels and other headers followed before giving up with kUnknown. Two tags and
/// four labels are usual at most.
inline constexpr int kMaxLinkTags = 16;

/// Follows `ether_type`, which says what `in` starts with, to the network header.
/// Statuses and `out` as with DecodeLink.
DecodeStatus DecodeEtherType(std::uint16_t ether_type, CapturedBytes in, LinkPayload& out);

/// The same for an LLC header at the start of `in`: SNAP with an EtherType, or IP directly.
DecodeStatus DecodeLlc(CapturedBytes in, LinkPayload& out);

/// The same for a PPP frame, whose address and control bytes (ff 03) and the first byte of whose
/// protocol number may be left out (RFC 1661 section 6.5 and 6.6).
DecodeStatus DecodePpp(CapturedBytes in, LinkPayload& out);

}  // namespace wirehound
