// SPDX-License-Identifier: Apache-2.0

// Linear probing, with entries moved back on removal so that no tombstones are left.

#include "decoders/stream/flow_index.h"

#include <algorithm>
#include <bit>
#include <cstring>

namespace wirehound {
namespace {

// A widening multiplication folded in half: every bit of the result depends on nearly all of both.
std::uint64_t Mix(std::uint64_t a, std::uint64_t b) {
  __extension__ using Wide = unsigned __int128;
  const Wide product = static_cast<Wide>(a) * b;
  return static_cast<std::uint64_t>(product) ^ static_cast<std::uint64_t>(product >> 64);
}

// Spreads one seed over several keys (splitmix64).
std::uint64_t NextKey(std::uint64_t& state) {
  state += 0x9e3779b97f4a7c15;
  std::uint64_t key = state;
  key = (key ^ (key >> 30)) * 0xbf58476d1ce4e5b9;
  key = (key ^ (key >> 27)) * 0x94d049bb133111eb;
  return key ^ (key >> 31);
}

}  // namespace

FlowHasher::FlowHasher(std::uint64_t seed) {
  for (std::uint64_t& key : keys_) {
    key = NextKey(seed);
  }
}

std::uint64_t FlowHasher::HashEndpoint(const wirehound_address& address, std::uint16_t port) const {
  std::uint64_t halves[2];
  std::memcpy(halves, address.bytes, sizeof(halves));
  const std::uint64_t mixed = Mix(halves[0] ^ keys_[0], halves[1] ^ keys_[1]);
  return Mix(mixed ^ keys_[2], port ^ keys_[3]);
}

std::uint32_t FlowHasher::operator()(const wirehound_packet_metadata& packet,
                                     std::uint64_t network_namespace) const {
  std::uint64_t first = HashEndpoint(packet.src_ip, packet.src_port);
  std::uint64_t second = HashEndpoint(packet.dst_ip, packet.dst_port);
  const bool swap = packet.direction == WIREHOUND_DIRECTION_UNKNOWN
                        ? second < first
                        : packet.direction == WIREHOUND_DIRECTION_INGRESS;
  if (swap) {
    std::swap(first, second);
  }
  return static_cast<std::uint32_t>(Mix(first ^ keys_[4] ^ network_namespace, second ^ keys_[5]));
}

FlowIndex::FlowIndex(std::size_t max_entries)
    : slots_(std::bit_ceil(std::max<std::size_t>(max_entries, 1) * 2), Slot{0, kNone}),
      mask_(slots_.size() - 1) {}

void FlowIndex::Insert(std::uint32_t hash, std::uint32_t number) {
  std::size_t i = hash & mask_;
  while (slots_[i].number != kNone) {
    i = (i + 1) & mask_;
  }
  slots_[i] = {hash, number};
}

void FlowIndex::Erase(std::uint32_t hash, std::uint32_t number) {
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
