// SPDX-License-Identifier: Apache-2.0

// Addresses in filters: one, a range, or a CIDR block. All three become a range of keys, which sort
// by family and then as the addresses do. Reading text: control thread.

#pragma once

#include <compare>
#include <cstdint>
#include <cstring>
#include <string_view>

#include <wirehound/abi/values.h>
#include <wirehound/result.h>

#include "engine/filters/range_set.h"

namespace wirehound {

struct AddressKey {
  std::uint64_t family;
  std::uint64_t high;  ///< the first eight bytes, as a number
  std::uint64_t low;

  auto operator<=>(const AddressKey&) const = default;
};

inline AddressKey KeyOf(const wirehound_address& address) {
  std::uint64_t halves[2];
  static_assert(sizeof(halves) == sizeof(address.bytes));
  std::memcpy(halves, address.bytes, sizeof(halves));
  if constexpr (__BYTE_ORDER__ == __ORDER_LITTLE_ENDIAN__) {
    halves[0] = __builtin_bswap64(halves[0]);
    halves[1] = __builtin_bswap64(halves[1]);
  }
  if (address.family == WIREHOUND_FAMILY_IPV4) {  // four bytes; the rest may be anything
    return {address.family, halves[0] & 0xffff'ffff'0000'0000, 0};
  }
  return {address.family, halves[0], halves[1]};
}

/// Adds what `value` means: "10.0.0.1", "10.0.0.1-10.0.0.9", "10.0.0.0/8" or the same of IPv6.
Status AddAddresses(std::string_view value, RangeSet<AddressKey>& keys);

}  // namespace wirehound
