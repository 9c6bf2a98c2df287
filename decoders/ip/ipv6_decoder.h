// SPDX-License-Identifier: Apache-2.0

// IPv6 headers (RFC 8200 section 3). The extension headers between them and the transport are
// stepped over, see ip_extensions.h. Fragments are recognised and described, not put together.
// Pure; any thread.

#pragma once

#include <cstddef>

#include <wirehound/abi/messages.h>

#include "decoders/core/captured_bytes.h"
#include "decoders/core/decode_status.h"
#include "decoders/ip/ip_payload.h"

namespace wirehound {

inline constexpr std::size_t kIpv6HeaderBytes = 40;

/// Decodes the header at the start of `in`, walks its extension headers and bounds the payload by
/// the payload length and by what was captured. `payload.protocol` is the transport's number, or
/// that of the extension header that could not be read.
/// A payload length of 0 means everything there is when TCP or a hop-by-hop header follows: that
/// is how jumbograms (RFC 2675) and packets captured before segmentation offload look. Otherwise
/// it means what it says.
/// `header` is set, and its struct_size not 0, when the 40 fixed bytes were there and say version
/// 6, whatever the status. `payload.located` says whether there is a payload to decode: also with
/// kMalformed, when the payload length promises more than was on the wire.
DecodeStatus DecodeIpv6(const CapturedBytes& in, wirehound_ipv6& header, IpPayload& payload);

}  // namespace wirehound
