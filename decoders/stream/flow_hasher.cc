// SPDX-License-Identifier: Apache-2.0

#include "decoders/stream/flow_hasher.h"

#include <cstring>
#include <utility>

#include "base/keyed_hash.h"

namespace wirehound {

FlowHasher::FlowHasher(std::uint64_t seed) {
  for (std::uint64_t& key : keys_) {
    key = NextHashKey(seed);
  }
}

std::uint64_t FlowHasher::HashEndpoint(const wirehound_address& address,
                                       std::uint64_t number) const {
  std::uint64_t halves[2];
  std::memcpy(halves, address.bytes, sizeof(halves));
  const std::uint64_t mixed = FoldedProduct(halves[0] ^ keys_[0], halves[1] ^ keys_[1]);
  return FoldedProduct(mixed ^ keys_[2], number ^ keys_[3]);
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
  return HashPair(first, second, network_namespace);
}

std::uint32_t FlowHasher::HashPair(std::uint64_t first, std::uint64_t second,
                                   std::uint64_t network_namespace) const {
  return static_cast<std::uint32_t>(
      FoldedProduct(first ^ keys_[4] ^ network_namespace, second ^ keys_[5]));
}

}  // namespace wirehound
