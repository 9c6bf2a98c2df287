// SPDX-License-Identifier: Apache-2.0

// SipHash after its paper, with the 128-bit output of the authors' reference implementation.

#include "base/keyed_digest.h"

#include <bit>
#include <cstddef>
#include <cstring>

#include "base/random_seed.h"

namespace wirehound {
namespace {

static_assert(std::endian::native == std::endian::little, "words are read as they stand");

constexpr int kRoundsPerWord = 2;
constexpr int kRoundsAtEnd = 4;

struct SipState {
  std::uint64_t v0, v1, v2, v3;

  void Rounds(int count) {
    for (int i = 0; i < count; ++i) {
      v0 += v1;
      v1 = std::rotl(v1, 13) ^ v0;
      v0 = std::rotl(v0, 32);
      v2 += v3;
      v3 = std::rotl(v3, 16) ^ v2;
      v0 += v3;
      v3 = std::rotl(v3, 21) ^ v0;
      v2 += v1;
      v1 = std::rotl(v1, 17) ^ v2;
      v2 = std::rotl(v2, 32);
    }
  }

  void Take(std::uint64_t word) {
    v3 ^= word;
    Rounds(kRoundsPerWord);
    v0 ^= word;
  }

  std::uint64_t Half() {
    Rounds(kRoundsAtEnd);
    return v0 ^ v1 ^ v2 ^ v3;
  }
};

}  // namespace

KeyedDigest KeyedDigest::Random() { return {RandomSeed(), RandomSeed()}; }

Digest KeyedDigest::operator()(std::span<const std::uint8_t> bytes) const {
  SipState state = {key_low_ ^ 0x736f6d6570736575, key_high_ ^ 0x646f72616e646f6d ^ 0xee,
                    key_low_ ^ 0x6c7967656e657261, key_high_ ^ 0x7465646279746573};
  constexpr std::size_t kWordBytes = sizeof(std::uint64_t);
  const std::size_t whole_words = bytes.size() / kWordBytes;
  std::uint64_t word = 0;
  for (std::size_t i = 0; i < whole_words; ++i) {
    std::memcpy(&word, bytes.data() + i * kWordBytes, kWordBytes);
    state.Take(word);
  }
  std::uint64_t last = std::uint64_t{bytes.size()} << 56;
  for (std::size_t i = whole_words * kWordBytes; i < bytes.size(); ++i) {
    last |= std::uint64_t{bytes[i]} << (8 * (i % kWordBytes));
  }
  state.Take(last);
  state.v2 ^= 0xee;
  Digest digest;
  digest.low = state.Half();
  state.v1 ^= 0xdd;
  digest.high = state.Half();
  return digest;
}

Digest KeyedDigest::operator()(std::string_view text) const {
  return (*this)(std::span(reinterpret_cast<const std::uint8_t*>(text.data()), text.size()));
}

}  // namespace wirehound
