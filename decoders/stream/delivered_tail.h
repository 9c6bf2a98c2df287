// SPDX-License-Identifier: Apache-2.0

// DeliveredTail: the start of what a side sent since the other side last sent data, up to
// kTailBytes. It is kept to notice a retransmission with other bytes: a classic way to show a
// detector something else than the receiver gets, and what an injected answer looks like. Requests,
// answers and headers are at that start, and a bulk transfer costs nothing more.
//
// TailPool lends tails. When all are lent, it takes back the one lent first, so memory is bounded
// and nothing is searched for. Dispatch thread.

#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <span>

#include "decoders/stream/stream_piece.h"

namespace wirehound {

inline constexpr std::size_t kTailBytes = 1024;

class DeliveredTail {
 public:
  /// Forgets everything; `offset` is where the next bytes stand in the stream.
  void Restart(std::uint64_t offset);

  /// Keeps as many of `bytes` as there is room for. When `offset`, where they stand in the stream,
  /// is not right after the kept bytes, none of them are kept.
  void Append(std::uint64_t offset, std::span<const std::byte> bytes);

  bool full() const { return size_ == kTailBytes; }

  /// Where `bytes`, sent again for `offset`, differ from what is kept.
  StreamRange Compare(std::uint64_t offset, std::span<const std::byte> bytes) const;

 private:
  friend class TailPool;

  DeliveredTail** holder_;    ///< while lent: the pointer to clear when taken back
  DeliveredTail* next_free_;  ///< while not lent
  std::uint64_t begin_;
  std::size_t size_;
  std::byte data_[kTailBytes];
};

class TailPool {
 public:
  /// Allocates `max_bytes` of address space; pages are touched when first used.
  explicit TailPool(std::size_t max_bytes);

  /// Sets `*holder`, which must be null, to a tail to be restarted, and keeps the pointer's address
  /// until Return: the pointer is cleared when the tail is needed elsewhere. Leaves it null when
  /// the pool has no tails at all.
  void Lend(DeliveredTail** holder);

  /// Clears `*holder`, which may be null.
  void Return(DeliveredTail** holder);

 private:
  DeliveredTail* Take();

  std::size_t capacity_;
  std::unique_ptr<DeliveredTail[]> tails_;
  DeliveredTail* free_ = nullptr;  ///< returned
  std::size_t used_ = 0;           ///< tails below this number were lent at least once
  std::size_t hand_ = 0;           ///< the next to be taken back when all are lent
};

}  // namespace wirehound
