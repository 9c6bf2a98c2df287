// SPDX-License-Identifier: Apache-2.0

// Tails, and the pool, which takes them back in the order of their numbers, like a ring.

#include "decoders/stream/delivered_tail.h"

#include <algorithm>
#include <cstring>

namespace wirehound {

void DeliveredTail::Restart(std::uint64_t offset) {
  begin_ = offset;
  size_ = 0;
}

void DeliveredTail::Append(std::uint64_t offset, std::span<const std::byte> bytes) {
  if (offset != begin_ + size_ || bytes.empty()) {
    return;
  }
  const std::size_t size = std::min(bytes.size(), kTailBytes - size_);
  std::memcpy(data_ + size_, bytes.data(), size);
  size_ += size;
}

StreamRange DeliveredTail::Compare(std::uint64_t offset, std::span<const std::byte> bytes) const {
  const std::uint64_t begin = std::max(offset, begin_);
  const std::uint64_t end = std::min(offset + bytes.size(), begin_ + size_);
  if (begin >= end) {
    return {};
  }
  return DifferingRange(begin, bytes.subspan(begin - offset, end - begin),
                        std::span(data_).subspan(begin - begin_, end - begin));
}

TailPool::TailPool(std::size_t max_bytes)
    : capacity_(max_bytes / sizeof(DeliveredTail)),
      tails_(std::make_unique_for_overwrite<DeliveredTail[]>(capacity_)) {}

void TailPool::Lend(DeliveredTail** holder) {
  DeliveredTail* tail = Take();
  if (tail == nullptr) {
    return;
  }
  tail->holder_ = holder;
  *holder = tail;
}

DeliveredTail* TailPool::Take() {
  if (free_ != nullptr) {
    DeliveredTail* tail = free_;
    free_ = tail->next_free_;
    return tail;
  }
  if (used_ < capacity_) {
    return &tails_[used_++];
  }
  if (capacity_ == 0) {
    return nullptr;
  }
  DeliveredTail* oldest = &tails_[hand_];
  hand_ = hand_ + 1 == capacity_ ? 0 : hand_ + 1;
  *oldest->holder_ = nullptr;
  return oldest;
}

void TailPool::Return(DeliveredTail** holder) {
  if (*holder == nullptr) {
    return;
  }
  (*holder)->next_free_ = free_;
  free_ = *holder;
  *holder = nullptr;
}

}  // namespace wirehound
