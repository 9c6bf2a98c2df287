// SPDX-License-Identifier: Apache-2.0

// HashIndex: from the hash of a key to the number of the entry that has the key. A hash table with
// open addressing; the entries themselves are the caller's. The caller's hash must be keyed
// (keyed_hash.h, keyed_digest.h), so that the sender of packets cannot choose where entries go. One
// thread.
//
// Invariant: at most half of the slots are used, and no empty slot is between an entry and its home
// slot.

#pragma once

#include <cstddef>
#include <cstdint>
#include <vector>

namespace wirehound {

class HashIndex {
 public:
  static constexpr std::uint32_t kNone = ~std::uint32_t{0};

  /// Room for `max_entries`; the only allocation.
  explicit HashIndex(std::size_t max_entries);

  /// The number of the entry with this hash for which `is_it(number)` is true, or kNone.
  template <typename IsIt>
  std::uint32_t Find(std::uint32_t hash, IsIt is_it) const {
    for (std::size_t i = hash & mask_; slots_[i].number != kNone; i = (i + 1) & mask_) {
      if (slots_[i].hash == hash && is_it(slots_[i].number)) {
        return slots_[i].number;
      }
    }
    return kNone;
  }

  /// Adds an entry that is not there yet. Never more than max_entries.
  void Insert(std::uint32_t hash, std::uint32_t number);
  /// Takes out an entry that is there.
  void Erase(std::uint32_t hash, std::uint32_t number);

 private:
  struct Slot {
    std::uint32_t hash;
    std::uint32_t number;
  };

  std::vector<Slot> slots_;
  std::size_t mask_;
};

}  // namespace wirehound
