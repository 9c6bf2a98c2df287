// SPDX-License-Identifier: Apache-2.0

// ByteReader: the one way to read input bytes. Every read is checked against the end; the first
// one that does not fit fails the reader for good, and from then on every read yields zero or
// nothing. So a decoder reads a whole header and asks ok() once. Any thread; borrows the bytes.
//
// Invariant: position_ <= end_, and a failed reader stands at its end.

#pragma once

#include <bit>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <span>
#include <type_traits>

namespace wirehound {

class ByteReader {
 public:
  /// Reads `bytes` from `position` on; a position behind the end makes a failed reader.
  explicit ByteReader(std::span<const std::byte> bytes, std::size_t position = 0)
      : data_(bytes.data()), position_(position), end_(bytes.size()) {
    if (position > end_) {
      Fail();
    }
  }

  /// False once any read did not fit. Never turns true again.
  bool ok() const { return ok_; }
  /// Bytes from the start of the outermost buffer: a sub-reader counts like its parent.
  std::size_t position() const { return position_; }
  /// Bytes left before the end; 0 after a failure.
  std::size_t remaining() const { return end_ - position_; }

  /// The next unsigned number, big endian (Be, what is on the wire) or little endian (Le, what
  /// capture files and netlink use) made host order; 0 when it does not fit.
  std::uint8_t ReadU8() { return ReadNative<std::uint8_t>(); }
  std::uint16_t ReadBe16() { return FromBigEndian(ReadNative<std::uint16_t>()); }
  std::uint32_t ReadBe32() { return FromBigEndian(ReadNative<std::uint32_t>()); }
  std::uint64_t ReadBe64() { return FromBigEndian(ReadNative<std::uint64_t>()); }
  std::uint16_t ReadLe16() { return FromLittleEndian(ReadNative<std::uint16_t>()); }
  std::uint32_t ReadLe32() { return FromLittleEndian(ReadNative<std::uint32_t>()); }
  std::uint64_t ReadLe64() { return FromLittleEndian(ReadNative<std::uint64_t>()); }

  /// The next `size` bytes as a view, or an empty one when they do not fit.
  std::span<const std::byte> ReadBytes(std::size_t size) {
    const std::byte* start = Take(size);
    return start == nullptr ? std::span<const std::byte>() : std::span(start, size);
  }

  /// Copies the next `size` bytes to `out`, or leaves it untouched when they do not fit.
  void ReadInto(void* out, std::size_t size) {
    const std::byte* start = Take(size);
    if (start != nullptr && size > 0) {
      std::memcpy(out, start, size);
    }
  }

  /// Steps over the next `size` bytes, or fails when they do not fit.
  void Skip(std::size_t size) { Take(size); }

  /// A reader over the next `size` bytes only; this one continues behind them. Positions of the
  /// new reader count from the same start, so offsets found in it hold in the whole buffer.
  ByteReader ReadSub(std::size_t size) {
    const std::size_t start = position_;
    Skip(size);
    // Built from its parts: a copy of *this would wait for the stores to it.
    return ok_ ? ByteReader(data_, start, position_, true)
               : ByteReader(data_, position_, position_, false);
  }

 private:
  ByteReader(const std::byte* data, std::size_t position, std::size_t end, bool ok)
      : data_(data), position_(position), end_(end), ok_(ok) {}

  // The start of the next `size` bytes, stepping over them; null when they do not fit. Subtracts
  // before it compares, so no size can wrap around. Nothing fits a failed reader: it is at its end.
  const std::byte* Take(std::size_t size) {
    if (size > end_ - position_) {
      Fail();
      return nullptr;
    }
    const std::byte* start = data_ + position_;
    position_ += size;
    return start;
  }

  void Fail() {
    ok_ = false;
    position_ = end_;
  }

  template <typename T>
  T ReadNative() {
    if (sizeof(T) > end_ - position_) {
      Fail();
      return 0;
    }
    T value;
    std::memcpy(&value, data_ + position_, sizeof(T));
    position_ += sizeof(T);
    return value;
  }

  template <typename T>
  static T Swap(T value) {
    if constexpr (sizeof(T) == 2) {
      return __builtin_bswap16(value);
    } else if constexpr (sizeof(T) == 4) {
      return __builtin_bswap32(value);
    } else {
      static_assert(sizeof(T) == 8);
      return __builtin_bswap64(value);
    }
  }

  template <typename T>
  static T FromBigEndian(T value) {
    return std::endian::native == std::endian::big ? value : Swap(value);
  }

  template <typename T>
  static T FromLittleEndian(T value) {
    return std::endian::native == std::endian::little ? value : Swap(value);
  }

  const std::byte* data_;
  std::size_t position_;
  std::size_t end_;
  bool ok_ = true;
};

}  // namespace wirehound
