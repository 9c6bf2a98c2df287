// SPDX-License-Identifier: Apache-2.0

// ICMP headers of both versions: RFC 792 and RFC 4443. What a message quotes or asks is left in
// the payload; checksums are reported as they are. Pure; any thread.

#pragma once

#include <cstddef>

#include <wirehound/abi/messages.h>

#include "decoders/core/captured_bytes.h"
#include "decoders/core/decode_status.h"

namespace wirehound {

inline constexpr std::size_t kIcmpHeaderBytes = 8;
inline constexpr std::size_t kIcmpv6HeaderBytes = 4;

/// Decodes the header at the start of `in`; `payload` becomes what follows its 8 bytes. Id and
/// sequence number are bytes 4 to 7 of every message, also of types that keep something else
/// there.
/// `header` is set, and its struct_size not 0, when type, code and checksum were there; id and
/// sequence number are 0 unless the status is kOk.
DecodeStatus DecodeIcmp(const CapturedBytes& in, wirehound_icmp& header, CapturedBytes& payload);

/// The same for IPv6, where only the first 4 bytes are common to all messages.
DecodeStatus DecodeIcmpv6(const CapturedBytes& in, wirehound_icmpv6& header,
                          CapturedBytes& payload);

}  // namespace wirehound
