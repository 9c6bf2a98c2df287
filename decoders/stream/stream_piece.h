// SPDX-License-Identifier: Apache-2.0

// StreamPiece: bytes of one direction of a TCP connection, with their offset. StreamRange: a range
// of offsets. Offsets count from the first byte of the stream. Plain values that borrow the bytes;
// any thread.

#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <span>

#include "decoders/core/captured_bytes.h"

namespace wirehound {

/// Offsets of a stream, from `begin` to before `end`; none when they are equal.
struct StreamRange {
  std::uint64_t begin = 0;
  std::uint64_t end = 0;

  bool empty() const { return begin == end; }
  std::uint64_t size() const { return end - begin; }
};

/// The least range that holds both.
StreamRange Hull(StreamRange first, StreamRange second);

/// The least range with all places at which `first` and `second` differ. Both start at `offset`
/// and are of one size.
StreamRange DifferingRange(std::uint64_t offset, std::span<const std::byte> first,
                           std::span<const std::byte> second);

/// A part of a segment. Bytes that were not captured are at its end.
struct StreamPiece {
  std::uint64_t offset = 0;
  CapturedBytes payload;

  std::uint64_t size() const { return payload.wire_size; }
  std::uint64_t end() const { return offset + payload.wire_size; }
  bool empty() const { return payload.wire_size == 0; }

  /// At most the first `size` bytes.
  StreamPiece First(std::uint64_t size) const { return {offset, payload.First(size)}; }

  /// Drops the first `size` bytes, at most size(), captured or not.
  void Advance(std::uint64_t size) {
    const std::size_t captured = std::min<std::uint64_t>(size, payload.bytes.size());
    payload = CapturedBytes(payload.bytes.subspan(captured), payload.wire_size - size);
    offset += size;
  }
};

}  // namespace wirehound
