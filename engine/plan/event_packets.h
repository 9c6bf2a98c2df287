// SPDX-License-Identifier: Apache-2.0

// Which packets each base event is made of, and how much of them its decoder reads. The one place
// where that is written down. Pure.

#pragma once

#include <cstdint>
#include <span>

#include "probes/capture/capture_plan.h"

namespace wirehound {

struct EventPackets {
  enum class Unit : std::uint8_t {
    kNone,        ///< not made of packets
    kPacket,      ///< of each packet, by itself
    kConnection,  ///< may need all packets of a connection, in both directions
  };

  Unit unit = Unit::kNone;
  std::span<const PacketClass> classes{};
  CaptureAmount amount = CaptureAmount::kNothing;
};

EventPackets PacketsOf(std::uint32_t event);

/// What DNS is read from. Names of addresses need all of it.
inline constexpr PacketClass kDnsClasses[] = {PacketClass::kDns, PacketClass::kLinkLocalDns};

}  // namespace wirehound
