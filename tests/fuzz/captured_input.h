// SPDX-License-Identifier: Apache-2.0

// Shared by the fuzz targets of packet layers: input that says how much of it was
// captured, and the invariant that a decoder passes on a part of its input. The input's
// first byte counts, in steps of 20 bytes, what was on the wire beyond the rest of it.

#pragma once

#include <cstddef>
#include <cstdint>
#include <span>

#include "decoders/core/captured_bytes.h"
#include "tests/fuzz/fuzz_check.h"

namespace wirehound {

/// The bytes behind the first one, of which more may have been on the wire. `size` is not 0.
inline CapturedBytes TakeCaptured(const std::uint8_t* data, std::size_t size) {
  const auto bytes = std::as_bytes(std::span(data, size).subspan(1));
  return {bytes, bytes.size() + std::size_t{data[0]} * 20};
}

/// Aborts unless `part` is empty or inside `in`.
inline void CheckInside(CapturedBytes part, CapturedBytes in) {
  WIREHOUND_FUZZ_CHECK(part.wire_size >= part.bytes.size());
  if (part.bytes.empty()) {
    return;
  }
  WIREHOUND_FUZZ_CHECK(part.bytes.data() >= in.bytes.data());
  WIREHOUND_FUZZ_CHECK(part.bytes.data() + part.bytes.size() <= in.bytes.data() + in.bytes.size());
}

}  // namespace wirehound
