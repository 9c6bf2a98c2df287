// SPDX-License-Identifier: Apache-2.0

// Numbers in filters. Numbers of every kind become keys, unsigned integers that sort as the numbers
// do, so that one set of ranges serves all of them. Reading text: control thread.

#pragma once

#include <bit>
#include <cstdint>
#include <string_view>

#include <wirehound/result.h>

#include "engine/filters/range_set.h"
#include "engine/filters/value_type.h"

namespace wirehound {

constexpr std::uint64_t NumberKey(std::uint64_t number) { return number; }

constexpr std::uint64_t NumberKey(std::int64_t number) {
  return static_cast<std::uint64_t>(number) ^ std::uint64_t{1} << 63;
}

/// Both zeros have one key. NaN sorts outside of all numbers.
constexpr std::uint64_t NumberKey(double number) {
  const auto bits = std::bit_cast<std::uint64_t>(number == 0 ? 0.0 : number);
  const std::uint64_t sign = std::uint64_t{1} << 63;
  return (bits & sign) != 0 ? ~bits : bits | sign;
}

/// Adds the keys that `value` means after `op`: "80", "1024-65535" or, of kBool, "true". A value
/// that the type cannot hold is an error, and so is a comparison that nothing can pass.
Status AddNumbers(const ValueType& type, FilterOperator op, std::string_view value,
                  RangeSet<std::uint64_t>& keys);

}  // namespace wirehound
