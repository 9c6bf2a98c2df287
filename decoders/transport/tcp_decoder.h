// SPDX-License-Identifier: Apache-2.0

// TCP headers (RFC 9293 section 3.1). Of options only the lengths are checked, checksums are
// reported as they are.
// Streams are not put together here. Pure; any thread.

#pragma once

#include <cstddef>

#include <wirehound/abi/messages.h>

#include "decoders/core/captured_bytes.h"
#include "decoders/core/decode_status.h"

namespace wirehound {

inline constexpr std::size_t kTcpHeaderBytes = 20;  ///< without options

/// Decodes the header at the start of `in`; `payload` becomes what follows it.
/// `header` is set, and its struct_size not 0, when the 20 fixed bytes were there, whatever the
/// status. kMalformed with a `payload`: an option's length is below 2 or reaches over the end of
/// the header; where the header ends is still known. Otherwise `payload` is empty unless the
/// status is kOk.
DecodeStatus DecodeTcp(const CapturedBytes& in, wirehound_tcp& header, CapturedBytes& payload);

}  // namespace wirehound
