// SPDX-License-Identifier: Apache-2.0

// Capture plans for tests: rules without conditions, in one line.

#pragma once

#include <initializer_list>
#include <utility>

#include "probes/capture/capture_plan.h"

namespace wirehound::test {

/// A plan that wants this amount of each of these classes, without conditions.
inline CapturePlan Wanting(std::initializer_list<std::pair<PacketClass, CaptureAmount>> classes) {
  CapturePlan plan;
  for (const auto& [packets, amount] : classes) {
    plan.rules.push_back({.packets = packets, .amount = amount});
  }
  return plan;
}

/// Every packet, whole.
inline CapturePlan CaptureEverything() {
  return Wanting(
      {{PacketClass::kIpv4, CaptureAmount::kWhole}, {PacketClass::kIpv6, CaptureAmount::kWhole}});
}

/// Whether the class is the only condition of the rule.
inline bool IsUnconditional(const CaptureRule& rule) {
  return rule.directions == CaptureDirections::kBoth && rule.src_ports.empty() &&
         rule.dst_ports.empty() && rule.either_ports.empty() && rule.src_addresses.empty() &&
         rule.dst_addresses.empty() && rule.either_addresses.empty();
}

}  // namespace wirehound::test
