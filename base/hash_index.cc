// SPDX-License-Identifier: Apache-2.0

// Linear probing. Erase moves later entries back into the hole, so that no tombstones are left. An
// entry may move back only as far as its home slot.

#include "base/hash_index.h"

#include <algorithm>
#include <bit>

namespace wirehound {
HashIndex::HashIndex(std::size_t max_entries)
    : slots_(std::bit_ceil(std::max<std::size_t>(max_entries, 1) * 2), Slot{0, kNone}),
      mask_(slots_.size() - 1) {}

void HashIndex::Insert(std::uint32_t hash, std::uint32_t number) {
  std::size_t i = hash & mask_;
  while (slots_[i].number != kNone) {
    i = (i + 1) & mask_;
  }
  slots_[i] = {hash, number};
}

void HashIndex::Erase(std::uint32_t hash, std::uint32_t number) {
  std::size_t hole = hash & mask_;
  while (slots_[hole].number != number) {
    hole = (hole + 1) & mask_;
  }
  for (std::size_t i = (hole + 1) & mask_; slots_[i].number != kNone; i = (i + 1) & mask_) {
    const std::size_t from_home = (i - slots_[i].hash) & mask_;
    const std::size_t from_hole = (i - hole) & mask_;
    if (from_home >= from_hole) {
      slots_[hole] = slots_[i];
      hole = i;
    }
  }
  slots_[hole].number = kNone;
}

}  // namespace wirehound
