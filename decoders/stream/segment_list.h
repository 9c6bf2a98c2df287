// SPDX-License-Identifier: Apache-2.0

// SegmentList: what one direction of a TCP connection has received but cannot tell yet, in pooled
// blocks. Dispatch thread.
//
// Invariant: blocks are ascending, none is empty and none overlaps another; what is there is never
// overwritten. The number of blocks is bounded by the caller, and so is the time of every call.

#pragma once

#include <cstddef>
#include <cstdint>
#include <span>

#include "base/pool.h"
#include "decoders/stream/stream_piece.h"

namespace wirehound {

/// A whole Ethernet segment fits into one block.
inline constexpr std::size_t kSegmentBlockBytes = 2048;
inline constexpr std::size_t kSegmentBlockDataBytes = kSegmentBlockBytes - 24;

/// Consecutive bytes of a stream. The pool leaves it uninitialised; the list fills it in.
struct SegmentBlock {
  SegmentBlock* next;
  std::uint64_t offset;  ///< of the stream
  std::uint32_t size;    ///< bytes of the stream it stands for
  bool missing;          ///< they were on the wire, but not captured: data says nothing
  std::byte data[kSegmentBlockDataBytes];

  std::uint64_t end() const { return offset + size; }
};
static_assert(sizeof(SegmentBlock) == kSegmentBlockBytes);

/// Blocks of one size, so that what a stream may keep is a number of blocks, and a flood of tiny
/// segments costs no more than large ones.
using SegmentPool = Pool<SegmentBlock>;

/// What became of the bytes of a piece.
struct SegmentListChange {
  std::uint64_t stored = 0;   ///< copied
  std::uint64_t missing = 0;  ///< new, but not captured; their place is noted
  std::uint64_t known = 0;    ///< there before
};

/// Plain data: nothing is given back on destruction, see Clear.
class SegmentList {
 public:
  bool empty() const { return first_ == nullptr; }
  /// The first place something is kept for; not when empty.
  std::uint64_t begin() const { return first_->offset; }
  /// Behind the last one; not when empty.
  std::uint64_t end() const { return last_->end(); }
  std::uint32_t blocks() const { return blocks_; }

  /// Keeps what is new of `piece`, with at most `max_blocks` blocks in all. What could be dealt
  /// with is taken off the piece; it is not empty when a block was wanting.
  SegmentListChange Add(SegmentPool& pool, std::uint32_t max_blocks, StreamPiece& piece);

  /// Where the captured bytes of `piece` differ from those that are kept.
  StreamRange Compare(const StreamPiece& piece) const;

  /// Takes the first block out, for the caller to return to the pool; nullptr when empty.
  SegmentBlock* PopFirst();

  /// Forgets everything from `end` on. Returns how many bytes of data that was.
  std::uint64_t CutBehind(SegmentPool& pool, std::uint64_t end);

  /// Forgets everything. Returns how many bytes of data that was.
  std::uint64_t Clear(SegmentPool& pool) { return CutBehind(pool, 0); }

 private:
  SegmentBlock* LastBefore(std::uint64_t offset) const;
  SegmentBlock* AfterOf(const SegmentBlock* block) const {
    return block == nullptr ? first_ : block->next;
  }
  SegmentBlock* Insert(SegmentPool& pool, SegmentBlock* before, std::uint64_t offset);
  SegmentBlock* BlockFor(SegmentPool& pool, std::uint32_t max_blocks, SegmentBlock* before,
                         const StreamPiece& part, bool begins);

  SegmentBlock* first_ = nullptr;
  SegmentBlock* last_ = nullptr;
  std::uint32_t blocks_ = 0;
};

}  // namespace wirehound
