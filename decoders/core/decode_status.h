// SPDX-License-Identifier: Apache-2.0

// DecodeStatus: how a decoder ended. Malformed input is data, not an error: a status is counted
// per decoder and never logged per packet.

#pragma once

#include <cstddef>
#include <cstdint>

namespace wirehound {

/// How a decoder ended. What it filled before a status other than kOk stays filled and is sound.
enum class DecodeStatus : std::uint8_t {
  kOk,
  kTruncated,  ///< the capture (or a stated limit) ended before the data did
  kMalformed,  ///< the data contradicts itself: a length, count or pointer lies
  kUnknown,    ///< a thing that is not decoded
};

/// How many statuses there are, for tables of counters.
inline constexpr std::size_t kDecodeStatusCount = 4;

}  // namespace wirehound
