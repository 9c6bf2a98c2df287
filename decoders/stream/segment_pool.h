// SPDX-License-Identifier: Apache-2.0

// SegmentPool: the memory for stream data that waits behind a hole. Blocks of one size, so that
// what a stream may keep is a number of blocks and a flood of tiny segments costs no more than
// large ones. Grows in chunks up to its cap and never shrinks. Dispatch thread.

#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <vector>

namespace wirehound {

/// A whole Ethernet segment fits into one block.
inline constexpr std::size_t kSegmentBlockBytes = 2048;
inline constexpr std::size_t kSegmentBlockDataBytes = kSegmentBlockBytes - 24;

/// Consecutive bytes of a stream. The pool makes it; who takes it fills it in.
struct SegmentBlock {
  SegmentBlock* next;
  std::uint64_t offset;  ///< of the stream
  std::uint32_t size;    ///< bytes of the stream it stands for
  bool missing;          ///< they were on the wire, but not captured: data says nothing
  std::byte data[kSegmentBlockDataBytes];

  std::uint64_t end() const { return offset + size; }
};
static_assert(sizeof(SegmentBlock) == kSegmentBlockBytes);

class SegmentPool {
 public:
  /// At most `max_bytes` worth of blocks. Allocates nothing yet.
  explicit SegmentPool(std::size_t max_bytes);

  SegmentPool(const SegmentPool&) = delete;
  SegmentPool& operator=(const SegmentPool&) = delete;

  /// A block with nothing set, or nullptr when all are taken.
  SegmentBlock* Take();
  void Return(SegmentBlock* block);

  std::size_t used_bytes() const { return used_bytes_; }
  std::size_t peak_bytes() const { return peak_bytes_; }

 private:
  void Grow();

  std::vector<std::unique_ptr<SegmentBlock[]>> chunks_;
  SegmentBlock* free_ = nullptr;
  std::size_t blocks_left_;  ///< that may still be allocated
  std::size_t used_bytes_ = 0;
  std::size_t peak_bytes_ = 0;
};

}  // namespace wirehound
