// SPDX-License-Identifier: Apache-2.0

// IPv4 headers (RFC 791 section 3.1): the fixed part becomes a wirehound_ipv4; options and an
// authentication header behind them are stepped over. Checksums are reported, not verified: on a
// sending host they are mostly not yet computed. Fragments are recognised and described, not put
// together. Pure; any thread.

#pragma once

#include <cstddef>

#include <wirehound/abi/messages.h>

#include "decoders/core/captured_bytes.h"
#include "decoders/core/decode_status.h"
#include "decoders/ip/ip_payload.h"

namespace wirehound {

inline constexpr std::size_t kIpv4HeaderBytes = 20;  ///< without options

/// Decodes the header at the start of `in` and bounds its payload by the total length and by what
/// was captured. A total length of 0, which segmentation offload leaves in packets captured before
/// the network card cuts them up, means everything there is.
/// `header` is set, and its struct_size not 0, when the 20 fixed bytes were there and say version
/// 4, whatever the status. `payload.located` says whether there is a payload to decode: also with
/// kMalformed, when the total length promises more than was on the wire.
DecodeStatus DecodeIpv4(const CapturedBytes& in, wirehound_ipv4& header, IpPayload& payload);

}  // namespace wirehound
