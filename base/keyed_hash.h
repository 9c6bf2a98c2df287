// SPDX-License-Identifier: Apache-2.0

// Parts of keyed hashes for small keys. An attacker who does not know the hash keys cannot choose
// inputs that collide. For inputs of any length use KeyedDigest. Pure; any thread.

#pragma once

#include <cstdint>

namespace wirehound {

/// The two halves of a widening product, XORed: every bit of the result depends on nearly all bits
/// of both factors.
inline std::uint64_t FoldedProduct(std::uint64_t a, std::uint64_t b) {
  __extension__ using Wide = unsigned __int128;
  const Wide product = static_cast<Wide>(a) * b;
  return static_cast<std::uint64_t>(product) ^ static_cast<std::uint64_t>(product >> 64);
}

/// The next of several hash keys made from one seed (splitmix64). `state` starts as the seed; each
/// call advances it.
inline std::uint64_t NextHashKey(std::uint64_t& state) {
  state += 0x9e3779b97f4a7c15;
  std::uint64_t key = state;
  key = (key ^ (key >> 30)) * 0xbf58476d1ce4e5b9;
  key = (key ^ (key >> 27)) * 0x94d049bb133111eb;
  return key ^ (key >> 31);
}

}  // namespace wirehound
