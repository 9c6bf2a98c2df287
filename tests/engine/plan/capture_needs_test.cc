// SPDX-License-Identifier: Apache-2.0

// CaptureNeeds: the capture plan asks the kernel only for what the plan needs.

#include "engine/plan/capture_needs.h"

#include <map>
#include <set>

#include <doctest/doctest.h>

#include "tests/probes/capture/capture_plans.h"

namespace wirehound::test {
namespace capture_needs_test {

// The capture amounts for a plan that needs these events.
CapturePlan Needs(const std::set<std::uint32_t>& events) {
  Plan plan;
  plan.needed = events;
  return CaptureNeeds(plan);
}

// Sorted by class, because the order of rules has no meaning.
std::map<PacketClass, CaptureAmount> AmountsByClass(const CapturePlan& plan) {
  std::map<PacketClass, CaptureAmount> amounts;
  for (const CaptureRule& rule : plan.rules) {
    CHECK(IsUnconditional(rule));
    amounts[rule.packets] = rule.amount;
  }
  return amounts;
}

bool Same(const CapturePlan& a, const CapturePlan& b) {
  return AmountsByClass(a) == AmountsByClass(b);
}

TEST_CASE("capture needs: a plan that needs nothing captures nothing") {
  CHECK(Same(Needs({}), CapturePlan{}));
}

TEST_CASE("capture needs: each event needs its packets, with as many bytes as its decoder reads") {
  constexpr CaptureAmount kHeaders = CaptureAmount::kHeaders;
  CHECK(Same(Needs({kNetPacketIpv4}), Wanting({{PacketClass::kIpv4, kHeaders}})));
  CHECK(Same(Needs({kNetPacketIpv6}), Wanting({{PacketClass::kIpv6, kHeaders}})));
  CHECK(Same(Needs({kNetPacketTcp}), Wanting({{PacketClass::kTcp, kHeaders}})));
  CHECK(Same(Needs({kNetPacketUdp}), Wanting({{PacketClass::kUdp, kHeaders}})));
  CHECK(Same(Needs({kNetPacketIcmp}), Wanting({{PacketClass::kIcmp, kHeaders}})));
  CHECK(Same(Needs({kNetPacketIcmpv6}), Wanting({{PacketClass::kIcmpv6, kHeaders}})));
  for (const BaseEventId id : {kNetPacketDns, kNetPacketDnsRequest, kNetPacketDnsResponse}) {
    CHECK(Same(Needs({id}), Wanting({{PacketClass::kDns, CaptureAmount::kWhole},
                                     {PacketClass::kLinkLocalDns, CaptureAmount::kWhole}})));
  }
  for (const BaseEventId id : {kNetPacketHttp, kNetPacketHttpRequest, kNetPacketHttpResponse}) {
    CHECK(Same(Needs({id}), Wanting({{PacketClass::kHttp, kHeaders}})));
  }
  for (const BaseEventId id : {kNetFlowTcpBegin, kNetFlowTcpEnd, kNetTcpConnect}) {
    CHECK(Same(Needs({id}), Wanting({{PacketClass::kTcp, kHeaders}})));
  }
  CHECK(Same(Needs({kNetAnomaly}), CaptureEverything()));
}

TEST_CASE("capture needs: the needs of several events add up, and detections need no packets") {
  CHECK(Same(Needs({kNetPacketTcp, kNetPacketDns, 7500}),
             Wanting({{PacketClass::kTcp, CaptureAmount::kHeaders},
                      {PacketClass::kDns, CaptureAmount::kWhole},
                      {PacketClass::kLinkLocalDns, CaptureAmount::kWhole}})));
}

TEST_CASE("capture needs: names for addresses need DNS") {
  Plan plan;
  plan.needed = {kNetTcpConnect};
  plan.needs_dns_store = true;
  CHECK(Same(CaptureNeeds(plan), Wanting({{PacketClass::kTcp, CaptureAmount::kHeaders},
                                          {PacketClass::kDns, CaptureAmount::kWhole},
                                          {PacketClass::kLinkLocalDns, CaptureAmount::kWhole}})));
}

TEST_CASE("capture needs: an event that is shown but not needed adds nothing") {
  Plan plan;
  plan.shown = {kNetPacketUdp};
  CHECK(Same(CaptureNeeds(plan), CapturePlan{}));
}

}  // namespace capture_needs_test
}  // namespace wirehound::test
