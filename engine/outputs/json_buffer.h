// SPDX-License-Identifier: Apache-2.0

// JsonBuffer: a block of memory that JSON is written into through a plain pointer. A writer first
// asks for room for the most bytes it can write; then no single byte is checked. The block grows to
// the size of the largest text and never shrinks. Dispatch thread.
//
// The shape of every writer: it takes the place to write to and returns the place behind what it
// wrote. `out = WriteX(out, …)` wants room; `out = WriteY(buffer, out, …)` makes room itself, and
// the block may move meanwhile, so nothing else may point into it.

#pragma once

#include <algorithm>
#include <cstddef>
#include <cstring>
#include <memory>
#include <string_view>
#include <utility>

namespace wirehound {

class JsonBuffer {
 public:
  /// The bytes that are always free behind the room that was asked for, so that writers may copy
  /// short texts in blocks of a fixed size.
  static constexpr std::size_t kSlackBytes = 64;

  explicit JsonBuffer(std::size_t initial_bytes) { Grow(0, initial_bytes); }

  /// The committed text.
  std::string_view text() const { return {block_.get(), size_}; }
  void Clear() { size_ = 0; }

  /// The place behind what was committed. Ask for room before writing there.
  char* end() { return block_.get() + size_; }
  /// Appends behind what was committed.
  void Append(std::string_view text) {
    char* out = Room(end(), text.size());
    std::memcpy(out, text.data(), text.size());
    Commit(out + text.size());
  }
  /// Commits the text before `out`.
  void Commit(const char* out) { size_ = static_cast<std::size_t>(out - block_.get()); }

  /// The place to go on at, which is `out` or its successor in a larger block, with room for so
  /// many bytes.
  char* Room(char* out, std::size_t bytes) {
    if (static_cast<std::size_t>(limit_ - out) >= bytes) [[likely]] {
      return out;
    }
    return Grow(static_cast<std::size_t>(out - block_.get()), bytes);
  }

  /// How far `out` is from the start, which stays true when the block moves; and the way back.
  std::size_t OffsetOf(const char* out) const {
    return static_cast<std::size_t>(out - block_.get());
  }
  char* At(std::size_t offset) { return block_.get() + offset; }

 private:
  char* Grow(std::size_t used, std::size_t bytes) {
    const std::size_t capacity =
        std::max(2 * static_cast<std::size_t>(limit_ - block_.get()), used + bytes);
    auto larger = std::make_unique_for_overwrite<char[]>(capacity + kSlackBytes);
    if (used != 0) {
      std::memcpy(larger.get(), block_.get(), used);
    }
    block_ = std::move(larger);
    limit_ = block_.get() + capacity;
    return block_.get() + used;
  }

  std::unique_ptr<char[]> block_;
  char* limit_ = nullptr;  ///< end of what Room may promise
  std::size_t size_ = 0;
};

}  // namespace wirehound
