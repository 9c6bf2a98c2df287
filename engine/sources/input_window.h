// SPDX-License-Identifier: Apache-2.0

// InputWindow: reads a file or pipe forwards through one large buffer. Readers look at bytes in
// place, without a copy. Never seeks. Dispatch thread.

#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <span>
#include <utility>

#include "base/unique_fd.h"

namespace wirehound {

/// Bytes per read call. Measured: larger reads gain nothing.
inline constexpr std::size_t kInputWindowBytes = std::size_t{1} << 20;

class InputWindow {
 public:
  /// Reads `fd` from its current offset.
  explicit InputWindow(UniqueFd fd);
  /// Reads memory, which must outlive the window.
  explicit InputWindow(std::span<const std::byte> memory)
      : data_(memory.data()), end_(memory.size()) {}

  /// The next `size` bytes, without skipping them; fewer when the input ends or fails before. Waits
  /// for them on a pipe. Valid until the next Peek. The buffer grows to `size`, so the caller
  /// bounds sizes that come from the input.
  std::span<const std::byte> Peek(std::size_t size) {
    if (size > end_ - begin_) {
      return Fill(size);
    }
    return {data_ + begin_, size};
  }

  /// All bytes in the buffer; reads once when it is empty. Nothing when the input has ended.
  std::span<const std::byte> PeekSome() {
    Peek(1);
    return {data_ + begin_, end_ - begin_};
  }

  /// Whether the next Peek(1) would wait: the buffer is empty, and the pipe is empty and open.
  /// Never true for a file.
  bool WouldWait() const;

  /// Skips bytes that Peek returned. They stay valid.
  void Skip(std::size_t size) {
    begin_ += size;
    offset_ += size;
  }

  /// The offset of the next byte from the start of the input.
  std::uint64_t offset() const { return offset_; }
  /// The errno of a failed read, or 0. After a failure nothing more is read.
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
