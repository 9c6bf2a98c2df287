// SPDX-License-Identifier: Apache-2.0

// FlowHasher: the hash of a packet's flow, from its addresses and ports. Keyed, so that whoever
// chooses addresses and ports cannot choose where the flow goes in a table. Dispatch thread.

#pragma once

#include <cstdint>

#include <wirehound/abi/messages.h>

namespace wirehound {

class FlowHasher {
 public:
  explicit FlowHasher(std::uint64_t seed);

  /// Both directions of a connection have one hash. Where the local side is known it counts: the
  /// two ends of a connection within this host are two flows. So does the network namespace.
  std::uint32_t operator()(const wirehound_packet_metadata& packet,
                           std::uint64_t network_namespace = 0) const;

  /// An address, and a number that belongs to it.
  std::uint64_t HashEndpoint(const wirehound_address& address, std::uint64_t number) const;
  /// Two of those, in this order.
  std::uint32_t HashPair(std::uint64_t first, std::uint64_t second,
                         std::uint64_t network_namespace) const;

 private:
  std::uint64_t keys_[6];
};

}  // namespace wirehound
