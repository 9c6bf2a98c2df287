// SPDX-License-Identifier: Apache-2.0

// IpPayload: what the two IP decoders tell the transport decoders, the same for both versions.

#pragma once

#include <cstddef>
#include <cstdint>

#include "decoders/captured_bytes.h"

namespace wirehound {

/// IANA protocol numbers that decoders ask for by name.
inline constexpr std::uint8_t kProtocolTcp = 6;
inline constexpr std::uint8_t kProtocolUdp = 17;

/// The largest IP datagram that fragments can make up, bytes (RFC 791 section 3.1).
inline constexpr std::size_t kMaxDatagramBytes = 65535;

/// Which part of a datagram a packet is.
enum class Fragment : std::uint8_t {
  kNone,   ///< the whole datagram
  kFirst,  ///< its start: the transport header is here, more of the payload elsewhere
  kLater,  ///< any other part: no transport header
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
};

}  // namespace wirehound
