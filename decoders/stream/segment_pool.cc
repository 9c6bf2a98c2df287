// SPDX-License-Identifier: Apache-2.0

// The free list of blocks and its growth.

#include "decoders/stream/segment_pool.h"

#include <algorithm>

namespace wirehound {
namespace {

constexpr std::size_t kBlocksPerChunk = 32;

}  // namespace

SegmentPool::SegmentPool(std::size_t max_bytes) : blocks_left_(max_bytes / kSegmentBlockBytes) {
  chunks_.reserve(blocks_left_ / kBlocksPerChunk + 1);
}

SegmentBlock* SegmentPool::Take() {
  if (free_ == nullptr) {
    Grow();
    if (free_ == nullptr) {
      return nullptr;
    }
  }
  SegmentBlock* block = free_;
  free_ = block->next;
  used_bytes_ += kSegmentBlockBytes;
  peak_bytes_ = std::max(peak_bytes_, used_bytes_);
  return block;
}

void SegmentPool::Return(SegmentBlock* block) {
  block->next = free_;
  free_ = block;
  used_bytes_ -= kSegmentBlockBytes;
}

void SegmentPool::Grow() {
  const std::size_t count = std::min(kBlocksPerChunk, blocks_left_);
  if (count == 0) {
    return;
  }
  blocks_left_ -= count;
  chunks_.push_back(std::make_unique_for_overwrite<SegmentBlock[]>(count));
  for (std::size_t i = count; i > 0; --i) {
    SegmentBlock& block = chunks_.back()[i - 1];
    block.next = free_;
    free_ = &block;
  }
}

}  // namespace wirehound
