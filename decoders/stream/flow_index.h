// SPDX-License-Identifier: Apache-2.0

// FlowIndex and FlowHasher: from the addresses and ports of a packet to the number of its flow. A
// hash table with open addressing whose hash is keyed, so that who chooses addresses and ports
// cannot choose where they go. Dispatch thread.
//
// Invariant: at most half of the slots are used, and an entry is reached from its home slot
// without passing an empty one.

#pragma once

#include <cstddef>
#include <cstdint>
#include <vector>

#include <wirehound/abi/messages.h>

namespace wirehound {

class FlowHasher {
 public:
  explicit FlowHasher(std::uint64_t seed);

  /// Both directions of a connection have one hash. Where the local side is known it counts: the
  /// two ends of a connection within this host are two flows. So does the network namespace.
  std::uint32_t operator()(const wirehound_packet_metadata& packet,
                           std::uint64_t network_namespace = 0) const;

 private:
  std::uint64_t HashEndpoint(const wirehound_address& address, std::uint16_t port) const;

  std::uint64_t keys_[6];
};

class FlowIndex {
 public:
  static constexpr std::uint32_t kNone = ~std::uint32_t{0};

  /// Room for `max_entries`; the only allocation.
  explicit FlowIndex(std::size_t max_entries);

  /// The number of the entry with this hash that `is_it(number)` says yes to, or kNone.
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
