// SPDX-License-Identifier: Apache-2.0

// InputWindow: a file or pipe read forwards through one large buffer, so that what is read is
// looked at in place and never copied. Never seeks. Dispatch thread.

#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <span>
#include <utility>

#include "base/unique_fd.h"

namespace wirehound {

/// Bytes asked of the system at a time. Larger than this was measured to gain nothing.
inline constexpr std::size_t kInputWindowBytes = std::size_t{1} << 20;

class InputWindow {
 public:
  /// Reads `fd` from where it stands.
  explicit InputWindow(UniqueFd fd);
  /// Reads memory that outlives the window.
  explicit InputWindow(std::span<const std::byte> memory)
      : data_(memory.data()), end_(memory.size()) {}

  /// The next `size` bytes, without stepping over them; fewer when the input ends or fails before.
  /// Waits for them on a pipe. Valid until the next Peek. The buffer grows to what is asked for,
  /// so the caller bounds sizes that come from the input.
  std::span<const std::byte> Peek(std::size_t size) {
    if (size > end_ - begin_) {
      return Fill(size);
    }
    return {data_ + begin_, size};
  }

  /// At least one byte, unless the input has ended, and all more that is there without waiting.
  std::span<const std::byte> PeekSome() {
    Peek(1);
    return {data_ + begin_, end_ - begin_};
  }

  /// Whether the next Peek(1) would wait: nothing is left in the buffer, and the pipe has nothing
  /// and has not been closed. Never so for a file.
  bool WouldWait() const;

  /// Steps over bytes that were peeked at. What Peek gave stays valid.
  void Skip(std::size_t size) {
    begin_ += size;
    offset_ += size;
  }

  /// Where the next byte is, from the start of the input.
  std::uint64_t offset() const { return offset_; }
  /// The errno of a read that failed, or 0. Nothing is read after one.
  int error() const { return error_; }

 private:
  std::span<const std::byte> Fill(std::size_t size);
  void MakeRoom(std::size_t size);
  bool ReadMore();

  UniqueFd fd_;
  std::unique_ptr<std::byte[]> buffer_;
  std::size_t capacity_ = 0;
  const std::byte* data_ = nullptr;  // the buffer, or the memory
  std::size_t begin_ = 0;
  std::size_t end_ = 0;
  std::uint64_t offset_ = 0;
  int error_ = 0;
};

}  // namespace wirehound
