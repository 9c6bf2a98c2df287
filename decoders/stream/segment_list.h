// SPDX-License-Identifier: Apache-2.0

// SegmentList: the bytes of one direction of a TCP connection that wait behind a hole, in pooled
// blocks. Dispatch thread.
//
// Invariant: blocks are ascending, none is empty and none overlaps another. Bytes in a block are
// never overwritten. The caller bounds the number of blocks, and so the time of every call.

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

/// Where the bytes of a piece went.
struct SegmentListChange {
  std::uint64_t stored = 0;   ///< copied
  std::uint64_t missing = 0;  ///< new, but not captured; their place is noted
  std::uint64_t known = 0;    ///< kept before
};

/// Plain data: the destructor returns no blocks; call Clear.
class SegmentList {
 public:
  bool empty() const { return first_ == nullptr; }
  /// The offset of the first kept byte; not when empty.
  std::uint64_t begin() const { return first_->offset; }
  /// Behind the last one; not when empty.
  std::uint64_t end() const { return last_->end(); }
  std::uint32_t blocks() const { return blocks_; }

  /// Keeps the new bytes of `piece`, with at most `max_blocks` blocks in all, and takes them and
  /// the known ones off the piece. The piece is not empty afterwards when there was no block for
  /// more.
  SegmentListChange Add(SegmentPool& pool, std::uint32_t max_blocks, StreamPiece& piece);

  /// Where the captured bytes of `piece` differ from those that are kept.
  StreamRange Compare(const StreamPiece& piece) const;

  /// Takes the first block out; the caller returns it to the pool. nullptr when empty.
  SegmentBlock* PopFirst();

  /// Drops everything from `end` on. Returns how many bytes of data that was.
  std::uint64_t CutBehind(SegmentPool& pool, std::uint64_t end);

  /// Drops everything. Returns how many bytes of data that was.
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
