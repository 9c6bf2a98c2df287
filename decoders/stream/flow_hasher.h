// SPDX-License-Identifier: Apache-2.0

// FlowHasher: keyed hashes of addresses and ports, for the tables of flows and fragments. An
// attacker chooses addresses and ports, and without the key cannot make many of them collide.
// Immutable; any thread.

#pragma once

#include <cstdint>

#include <wirehound/abi/messages.h>

namespace wirehound {

class FlowHasher {
 public:
  explicit FlowHasher(std::uint64_t seed);

  /// The hash of a packet's flow; both directions have the same. When the packet's direction is
  /// known, it counts: the two ends of a connection within this host are two flows. So does the
  /// network namespace.
  std::uint32_t operator()(const wirehound_packet_metadata& packet,
                           std::uint64_t network_namespace = 0) const;

  /// The hash of an address and a number that belongs to it, such as a port.
  std::uint64_t HashEndpoint(const wirehound_address& address, std::uint64_t number) const;
  /// The hash of two such hashes in this order.
  std::uint32_t HashPair(std::uint64_t first, std::uint64_t second,
                         std::uint64_t network_namespace) const;

 private:
  std::uint64_t keys_[6];
};

}  // namespace wirehound
