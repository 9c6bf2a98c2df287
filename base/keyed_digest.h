// SPDX-License-Identifier: Apache-2.0

// KeyedDigest: 128 bits that stand for bytes of any length, under a secret key (SipHash-2-4-128,
// Aumasson and Bernstein). Tables keep the digest of a key instead of the key: entries have one
// size, long keys need no allocation, and an attacker who chooses keys can neither choose their
// places nor make two of them equal. Pure; any thread.
//
// The answers of a table do not depend on the secret: a replay with another one gives the same.

#pragma once

#include <cstdint>
#include <span>
#include <string_view>

namespace wirehound {

struct Digest {
  std::uint64_t low = 0;
  std::uint64_t high = 0;

  bool operator==(const Digest&) const = default;
};

class KeyedDigest {
 public:
  KeyedDigest(std::uint64_t key_low, std::uint64_t key_high)
      : key_low_(key_low), key_high_(key_high) {}

  /// With a random key.
  static KeyedDigest Random();

  Digest operator()(std::span<const std::uint8_t> bytes) const;
  Digest operator()(std::string_view text) const;

 private:
  std::uint64_t key_low_;
  std::uint64_t key_high_;
};

}  // namespace wirehound
