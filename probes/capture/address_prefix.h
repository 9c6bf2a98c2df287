// SPDX-License-Identifier: Apache-2.0

// Comparing address prefixes, for merging rules and filling the kernel's table. A prefix is
// *normal* when its length fits its family and no bit behind that length is set: 10.1.2.3/8 becomes
// 10.0.0.0/8. Only normal prefixes may be compared. Pure; any thread.

#pragma once

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>
#include <tuple>

#include "probes/capture/capture_plan.h"

namespace wirehound {

constexpr bool IsIpv6(const AddressPrefix& prefix) {
  return prefix.address.family == WIREHOUND_FAMILY_IPV6;
}

/// The prefix made normal: a length of at most 32 or 128 bits, and zero bits behind it.
inline AddressPrefix Normal(AddressPrefix prefix) {
  prefix.length = std::min<std::uint8_t>(prefix.length, IsIpv6(prefix) ? 128 : 32);
  for (std::size_t i = 0; i < sizeof(prefix.address.bytes); ++i) {
    const int bits = std::clamp(static_cast<int>(prefix.length) - static_cast<int>(8 * i), 0, 8);
    prefix.address.bytes[i] &= static_cast<std::uint8_t>(0xff00u >> bits);
  }
  return prefix;
}

/// A key that is equal for equal prefixes, and orders them. `prefix` is normal.
inline std::tuple<bool, std::uint8_t, std::array<std::uint8_t, 16>> KeyOf(
    const AddressPrefix& prefix) {
  std::array<std::uint8_t, 16> bytes{};
  std::copy_n(prefix.address.bytes, bytes.size(), bytes.begin());
  return {IsIpv6(prefix), prefix.length, bytes};
}

/// Whether `outer` contains every address of `inner`. Both are normal.
inline bool Covers(const AddressPrefix& outer, AddressPrefix inner) {
  if (IsIpv6(outer) != IsIpv6(inner) || outer.length > inner.length) {
    return false;
  }
  inner.length = outer.length;
  return KeyOf(Normal(inner)) == KeyOf(outer);
}

}  // namespace wirehound
