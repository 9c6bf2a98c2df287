// SPDX-License-Identifier: Apache-2.0

// The headers that may stand between an IP header and the transport: of IPv6 (RFC 8200 section 4)
// hop-by-hop, routing, destination options, authentication (RFC 4302) and fragment; of IPv4
// authentication. They are stepped over; of a fragment header FragmentInfo is kept. Pure; any
// thread.

#pragma once

#include "decoders/core/captured_bytes.h"
#include "decoders/core/decode_status.h"
#include "decoders/ip/ip_payload.h"

namespace wirehound {

/// Extension headers followed before giving up with kUnknown. RFC 8200 section 4.1 knows an order
/// of seven; no honest packet has twice as many.
inline constexpr int kMaxIpv6ExtensionHeaders = 14;

/// Walks the chain at the start of `in`, whose first header `payload.protocol` names, to the
/// transport header or behind the fragment header of a later fragment.
/// With kOk `payload.bytes`, protocol, fragment and located are set. Otherwise payload.protocol is
/// the header that could not be read; payload.fragment_info is set where a fragment was found
/// before that. A first fragment that ends inside the chain is kTruncated: the rest is elsewhere.
/// One that holds a second fragment header is kMalformed.
DecodeStatus WalkIpv6Extensions(const CapturedBytes& in, IpPayload& payload);

/// The same for the one header IPv4 has, when payload.protocol says so.
DecodeStatus WalkIpv4Extensions(const CapturedBytes& in, IpPayload& payload);

}  // namespace wirehound
