// SPDX-License-Identifier: Apache-2.0

// UDP headers (RFC 768). Checksums are reported as they are. Pure; any thread.

#pragma once

#include <cstddef>

#include <wirehound/abi/messages.h>

#include "decoders/core/captured_bytes.h"
#include "decoders/core/decode_status.h"

namespace wirehound {

inline constexpr std::size_t kUdpHeaderBytes = 8;

/// Decodes the header at the start of `in`; `payload` becomes what follows it, as far as the
/// length field says and was captured. Bytes behind that length are padding and left out.
/// `header` is set, and its struct_size not 0, when the 8 bytes were there, whatever the status.
/// kMalformed: the length is below 8 (`payload` is empty) or more than was on the wire (`payload`
/// is what there is). A length of 0 stands for all there is in jumbograms (RFC 2675 section 4)
/// only.
DecodeStatus DecodeUdp(const CapturedBytes& in, wirehound_udp& header, CapturedBytes& payload);

}  // namespace wirehound
