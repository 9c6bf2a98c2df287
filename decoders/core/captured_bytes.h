// SPDX-License-Identifier: Apache-2.0

// CapturedBytes: the bytes of one layer that were captured, together with how many there were on
// the wire. What each decoder takes and what it hands to the next one; the pair is what tells a
// short capture (truncated) from a length that lies (malformed). A value; borrows the bytes.

#pragma once

#include <algorithm>
#include <cstddef>
#include <span>

#include "decoders/core/decode_status.h"

namespace wirehound {

struct CapturedBytes {
  std::span<const std::byte> bytes;
  std::size_t wire_size = 0;  ///< >= bytes.size()

  CapturedBytes() = default;
  /// Everything there was on the wire. Implicit, so that a span is whole unless said otherwise.
  CapturedBytes(std::span<const std::byte> everything)
      : bytes(everything), wire_size(everything.size()) {}
  /// The first part of `on_wire` bytes.
  CapturedBytes(std::span<const std::byte> captured, std::size_t on_wire)
      : bytes(captured), wire_size(std::max(on_wire, captured.size())) {}

  /// Whether nothing is missing.
  bool whole() const { return wire_size == bytes.size(); }

  /// What running out of bytes means: with nothing missing, a length in the data lied.
  DecodeStatus ShortStatus() const {
    return whole() ? DecodeStatus::kMalformed : DecodeStatus::kTruncated;
  }

  /// At most the first `size` bytes.
  CapturedBytes First(std::size_t size) const {
    return {bytes.first(std::min(size, bytes.size())), std::min(size, wire_size)};
  }

  /// All but the first `size` bytes; `size` must not exceed what was captured.
  CapturedBytes Skip(std::size_t size) const { return {bytes.subspan(size), wire_size - size}; }
};

}  // namespace wirehound
