// SPDX-License-Identifier: Apache-2.0

// IpPayload: what both IP decoders give to the transport decoders. FragmentInfo: what they give to
// the fragment table.

#pragma once

#include <cstddef>
#include <cstdint>

#include "decoders/core/captured_bytes.h"

namespace wirehound {

/// IANA protocol numbers that decoders ask for by name.
inline constexpr std::uint8_t kProtocolHopByHop = 0;
inline constexpr std::uint8_t kProtocolIcmp = 1;
inline constexpr std::uint8_t kProtocolIpv4 = 4;  ///< IPv4 inside IP
inline constexpr std::uint8_t kProtocolTcp = 6;
inline constexpr std::uint8_t kProtocolUdp = 17;
inline constexpr std::uint8_t kProtocolIpv6 = 41;  ///< IPv6 inside IP
inline constexpr std::uint8_t kProtocolRouting = 43;
inline constexpr std::uint8_t kProtocolFragment = 44;
inline constexpr std::uint8_t kProtocolGre = 47;
inline constexpr std::uint8_t kProtocolAuthentication = 51;
inline constexpr std::uint8_t kProtocolIcmpv6 = 58;
inline constexpr std::uint8_t kProtocolDestinationOptions = 60;

/// The largest IP datagram that fragments can make up, bytes (RFC 791 section 3.1).
inline constexpr std::size_t kMaxDatagramBytes = 65535;

/// Which part of a datagram a packet is.
enum class Fragment : std::uint8_t {
  kNone,   ///< the whole datagram
  kFirst,  ///< its start: the transport header is here, more of the payload elsewhere
  kLater,  ///< any other part: no transport header
};

/// What a fragment says about the datagram it belongs to (RFC 791 section 3.2, RFC 8200 section
/// 4.5). An IPv6 packet with a fragment header that is a whole datagram (RFC 6946) is no fragment.
struct FragmentInfo {
  bool is_fragment = false;  ///< the rest counts only if true
  bool more = false;         ///< not the last part
  /// IANA number of what the part at offset 0 starts with. In IPv6 that may be an extension
  /// header: those behind the fragment header are part of what was cut up.
  std::uint8_t protocol = 0;
  std::uint32_t id = 0;            ///< 16 bits in IPv4
  std::uint32_t offset_bytes = 0;  ///< of `bytes` in the datagram's fragmentable part
  /// The fragment's own part. Not whole() where the capture cut it, or the IP header promises more
  /// than there is.
  CapturedBytes bytes;
};

struct IpPayload {
  /// Behind the IP header and its extensions, without link-layer padding. Of a first fragment,
  /// wire_size is what the whole datagram may have, since what it does have is not known.
  CapturedBytes bytes;
  /// The packet from its IP header on, as that header declares it.
  std::size_t packet_bytes = 0;
  std::uint8_t protocol = 0;  ///< IANA number of what `bytes` starts with
  Fragment fragment = Fragment::kNone;
  bool located = false;  ///< whether `bytes` is set: every header before it was sound
  FragmentInfo fragment_info;
};

}  // namespace wirehound
