// SPDX-License-Identifier: Apache-2.0

// The values of a byte in decimal, ready to be copied: addresses consist of them, and most numbers
// in messages are that small. Immutable; any thread.

#pragma once

#include <array>
#include <cstdint>
#include <cstring>

namespace wirehound {

/// One number: up to three digits, and how many there are.
struct ShortNumber {
  char digits[3];
  std::uint8_t size;
};

constexpr std::array<ShortNumber, 256> MakeShortNumbers() {
  std::array<ShortNumber, 256> numbers{};
  for (unsigned value = 0; value < 256; ++value) {
    ShortNumber& number = numbers[value];
    for (unsigned unit = value >= 100 ? 100 : value >= 10 ? 10 : 1; unit > 0; unit /= 10) {
      number.digits[number.size++] = static_cast<char>('0' + value / unit % 10);
    }
  }
  return numbers;
}

inline constexpr std::array<ShortNumber, 256> kShortNumbers = MakeShortNumbers();

/// Writes `value` and returns the place behind it. Wants four bytes of room, whatever it writes.
inline char* WriteShortNumber(char* out, std::uint8_t value) {
  const ShortNumber& number = kShortNumbers[value];
  std::memcpy(out, &number, sizeof(number));
  return out + number.size;
}

}  // namespace wirehound
