// SPDX-License-Identifier: Apache-2.0

// KeyedDigest: 128 bits that stand for bytes of any length, under a secret key (SipHash-2-4-128,
// Aumasson and Bernstein). Tables keep the digest of a key instead of the key: entries are of one
// size, nothing is allocated for long keys, and who chooses keys cannot choose where they go or
// make two of them fall together. Pure; any thread.
//
// What a table answers does not depend on the secret: a replay gives the same with another one.

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

  /// Under a key that nobody else knows.
  static KeyedDigest Random();

  Digest operator()(std::span<const std::uint8_t> bytes) const;
  Digest operator()(std::string_view text) const;

 private:
  std::uint64_t key_low_;
  std::uint64_t key_high_;
};

}  // namespace wirehound
