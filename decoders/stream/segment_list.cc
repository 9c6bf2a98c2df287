// SPDX-License-Identifier: Apache-2.0

// A singly linked list is enough: new bytes nearly always go to its end or fill its front. The walk
// in between is bounded by the number of blocks that a stream may have.

#include "decoders/stream/segment_list.h"

#include <algorithm>
#include <cstring>

namespace wirehound {
namespace {

// Copies as much of the front of `part` as the block has room for. For bytes that were not captured
// it only adds to the size.
std::uint64_t Fill(SegmentBlock& block, const StreamPiece& part) {
  if (block.missing) {
    block.size += static_cast<std::uint32_t>(part.size());
    return part.size();
  }
  const std::span<const std::byte> bytes = part.payload.bytes;
  const std::size_t size = std::min(bytes.size(), kSegmentBlockDataBytes - block.size);
  std::memcpy(block.data + block.size, bytes.data(), size);
  block.size += static_cast<std::uint32_t>(size);
  return size;
}

}  // namespace

SegmentListChange SegmentList::Add(SegmentPool& pool, std::uint32_t max_blocks,
                                   StreamPiece& piece) {
  SegmentListChange change;
  SegmentBlock* before = LastBefore(piece.offset);
  bool begins = true;
  while (!piece.empty()) {
    SegmentBlock* after = AfterOf(before);
    if (before != nullptr && piece.offset < before->end()) {
      const std::uint64_t known = std::min(before->end() - piece.offset, piece.size());
      change.known += known;
      piece.Advance(known);
    } else if (after != nullptr && after->offset == piece.offset) {
      before = after;
    } else {
      const std::uint64_t end = after == nullptr ? piece.end() : after->offset;
      const StreamPiece part = piece.First(end - piece.offset);
      before = BlockFor(pool, max_blocks, before, part, begins);
      if (before == nullptr) {
        return change;
      }
      begins = false;
      const std::uint64_t size = Fill(*before, part);
      (before->missing ? change.missing : change.stored) += size;
      piece.Advance(size);
    }
  }
  return change;
}

// Returns the block before the part when that has room, else a new one; nullptr when there is none.
// While blocks are plentiful, each segment begins its own block and is delivered as it was sent: a
// decoder that has lost a stream looks for the next message at the start of a segment.
SegmentBlock* SegmentList::BlockFor(SegmentPool& pool, std::uint32_t max_blocks,
                                    SegmentBlock* before, const StreamPiece& part, bool begins) {
  const bool missing = part.payload.bytes.empty();
  const bool apart = begins && !missing && blocks_ < max_blocks / 2;
  const bool joins = before != nullptr && !apart && before->end() == part.offset &&
                     before->missing == missing &&
                     (missing || before->size < kSegmentBlockDataBytes);
  if (joins) {
    return before;
  }
  SegmentBlock* block = blocks_ < max_blocks ? Insert(pool, before, part.offset) : nullptr;
  if (block != nullptr) {
    block->missing = missing;
  }
  return block;
}

SegmentBlock* SegmentList::Insert(SegmentPool& pool, SegmentBlock* before, std::uint64_t offset) {
  SegmentBlock* block = pool.Take();
  if (block == nullptr) {
    return nullptr;
  }
  block->offset = offset;
  block->size = 0;
  block->next = AfterOf(before);
  (before == nullptr ? first_ : before->next) = block;
  if (before == last_) {
    last_ = block;
  }
  ++blocks_;
  return block;
}

SegmentBlock* SegmentList::LastBefore(std::uint64_t offset) const {
  if (last_ != nullptr && last_->offset < offset) {
    return last_;
  }
  SegmentBlock* before = nullptr;
  for (SegmentBlock* block = first_; block != nullptr && block->offset < offset;
       block = block->next) {
    before = block;
  }
  return before;
}

StreamRange SegmentList::Compare(const StreamPiece& piece) const {
  const std::span<const std::byte> bytes = piece.payload.bytes;
  const std::uint64_t end = piece.offset + bytes.size();
  StreamRange conflict;
  if (empty() || piece.offset >= this->end()) {
    return conflict;
  }
  for (const SegmentBlock* block = first_; block != nullptr && block->offset < end;
       block = block->next) {
    const std::uint64_t from = std::max(piece.offset, block->offset);
    const std::uint64_t to = std::min(end, block->end());
    if (from < to && !block->missing) {
      const auto kept = std::span(block->data).subspan(from - block->offset, to - from);
      const auto sent = bytes.subspan(from - piece.offset, to - from);
      conflict = Hull(conflict, DifferingRange(from, sent, kept));
    }
  }
  return conflict;
}

SegmentBlock* SegmentList::PopFirst() {
  SegmentBlock* block = first_;
  if (block != nullptr) {
    first_ = block->next;
    if (first_ == nullptr) {
      last_ = nullptr;
    }
    --blocks_;
  }
  return block;
}

std::uint64_t SegmentList::CutBehind(SegmentPool& pool, std::uint64_t end) {
  std::uint64_t bytes = 0;
  SegmentBlock* kept = LastBefore(end);
  if (kept != nullptr && kept->end() > end) {
    const std::uint64_t size = kept->end() - end;
    kept->size -= static_cast<std::uint32_t>(size);
    bytes += kept->missing ? 0 : size;
  }
  SegmentBlock* block = AfterOf(kept);
  (kept == nullptr ? first_ : kept->next) = nullptr;
  last_ = kept;
  while (block != nullptr) {
    SegmentBlock* next = block->next;
    bytes += block->missing ? 0 : block->size;
    pool.Return(block);
    --blocks_;
    block = next;
  }
  return bytes;
}

}  // namespace wirehound
