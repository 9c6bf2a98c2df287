// SPDX-License-Identifier: Apache-2.0

// EventDemand: that an output or a detector needs an event, and which packets can give it one that
// passes its filter: the part of the filter that packets can be asked. Plain data; control thread.

#pragma once

#include <bitset>
#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

#include "probes/capture/capture_plan.h"

namespace wirehound {

/// A condition on packets. An empty list asks nothing.
struct PacketCondition {
  bool impossible = false;  ///< no packet will do
  CaptureDirections directions = CaptureDirections::kBoth;
  std::bitset<256> protocols = std::bitset<256>().set();  ///< of the transport, by IANA number
  std::vector<PortRange> src_ports{};
  std::vector<PortRange> dst_ports{};
  std::vector<AddressPrefix> src_addresses{};
  std::vector<AddressPrefix> dst_addresses{};
};

/// A filter, or a part of one, that only the engine applies: the kernel passes more packets.
struct EngineFilter {
  std::string filter;  ///< as the user or the detector wrote it
  std::string by;      ///< its origin, as in EventDemand
  std::string reason;  ///< why the kernel does not apply it
};

struct EventDemand {
  std::uint32_t event = 0;
  std::string by;  ///< "--events", or "detector DNS"
  PacketCondition condition{};
};

/// The most prefixes, and the most ranges of ports, that a list of a condition or rule may have.
inline constexpr std::size_t kMaxConditionValues = 256;

}  // namespace wirehound
