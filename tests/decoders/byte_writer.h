// SPDX-License-Identifier: Apache-2.0

// ByteWriter: puts test input together in network byte order. The counterpart of ByteReader, for
// tests only.

#pragma once

#include <cstddef>
#include <cstdint>
#include <initializer_list>
#include <span>
#include <string_view>
#include <vector>

namespace wirehound::test {

class ByteWriter {
 public:
  ByteWriter() = default;
  ByteWriter(std::initializer_list<int> bytes) {
    for (const int byte : bytes) {
      U8(byte);
    }
  }

  ByteWriter& U8(int value) {
    bytes_.push_back(static_cast<std::byte>(value));
    return *this;
  }
  ByteWriter& Be16(unsigned value) {
    return U8(static_cast<int>(value >> 8 & 0xff)).U8(static_cast<int>(value & 0xff));
  }
  ByteWriter& Be32(std::uint32_t value) { return Be16(value >> 16).Be16(value & 0xffff); }
  ByteWriter& Text(std::string_view text) {
    for (const char character : text) {
      bytes_.push_back(static_cast<std::byte>(character));
    }
    return *this;
  }
  ByteWriter& Append(std::span<const std::byte> bytes) {
    bytes_.insert(bytes_.end(), bytes.begin(), bytes.end());
    return *this;
  }
  ByteWriter& Append(const ByteWriter& other) { return Append(other.span()); }
  ByteWriter& Fill(std::size_t count, int value = 0) {
    for (; count > 0; --count) {
      U8(value);
    }
    return *this;
  }
  /// Overwrites the 16 bits at `offset`.
  ByteWriter& PatchBe16(std::size_t offset, unsigned value) {
    bytes_.at(offset) = static_cast<std::byte>(value >> 8);
    bytes_.at(offset + 1) = static_cast<std::byte>(value & 0xff);
    return *this;
  }

  std::size_t size() const { return bytes_.size(); }
  std::span<const std::byte> span() const { return bytes_; }

 private:
  std::vector<std::byte> bytes_;
};

}  // namespace wirehound::test
