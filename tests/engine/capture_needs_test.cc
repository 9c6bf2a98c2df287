// SPDX-License-Identifier: Apache-2.0

// CaptureNeeds: nothing is asked of the kernel that the plan does not need.

#include "engine/pipeline/capture_needs.h"

#include <set>

#include <doctest/doctest.h>

namespace wirehound::test {
namespace {

// The amounts for a plan that needs these events.
CapturePlan Needs(const std::set<std::uint32_t>& events) {
  Plan plan;
  plan.needed = events;
  return CaptureNeeds(plan);
}

bool Same(const CapturePlan& a, const CapturePlan& b) {
  return a.ipv4 == b.ipv4 && a.ipv6 == b.ipv6 && a.tcp == b.tcp && a.udp == b.udp &&
         a.icmp == b.icmp && a.icmpv6 == b.icmpv6 && a.dns == b.dns &&
         a.link_local_dns == b.link_local_dns;
}

TEST_CASE("capture needs: a plan that needs nothing captures nothing") {
  CHECK(Same(Needs({}), CapturePlan{}));
}

TEST_CASE("capture needs: each event asks for its packets, as much as its decoder reads") {
  constexpr CaptureAmount kHeaders = CaptureAmount::kHeaders;
  CHECK(Same(Needs({kNetPacketIpv4}), {.ipv4 = kHeaders}));
  CHECK(Same(Needs({kNetPacketIpv6}), {.ipv6 = kHeaders}));
  CHECK(Same(Needs({kNetPacketTcp}), {.tcp = kHeaders}));
  CHECK(Same(Needs({kNetPacketUdp}), {.udp = kHeaders}));
  CHECK(Same(Needs({kNetPacketIcmp}), {.icmp = kHeaders}));
  CHECK(Same(Needs({kNetPacketIcmpv6}), {.icmpv6 = kHeaders}));
  for (const BaseEventId id : {kNetPacketDns, kNetPacketDnsRequest, kNetPacketDnsResponse}) {
    CHECK(
        Same(Needs({id}), {.dns = CaptureAmount::kWhole, .link_local_dns = CaptureAmount::kWhole}));
  }
  for (const BaseEventId id : {kNetPacketHttp, kNetPacketHttpRequest, kNetPacketHttpResponse}) {
    CHECK(Same(Needs({id}), {.tcp = CaptureAmount::kWhole}));
  }
  for (const BaseEventId id : {kNetFlowTcpBegin, kNetFlowTcpEnd, kNetTcpConnect}) {
    CHECK(Same(Needs({id}), {.tcp = kHeaders}));
  }
  CHECK(Same(Needs({kNetAnomaly}), CaptureEverything()));
}

TEST_CASE("capture needs: several events add up, and detectors' own events need no packets") {
  CHECK(
      Same(Needs({kNetPacketTcp, kNetPacketDns, 7500}), {.tcp = CaptureAmount::kHeaders,
                                                         .dns = CaptureAmount::kWhole,
                                                         .link_local_dns = CaptureAmount::kWhole}));
}

TEST_CASE("capture needs: names for addresses need DNS") {
  Plan plan;
  plan.needed = {kNetTcpConnect};
  plan.needs_dns_store = true;
  CHECK(Same(CaptureNeeds(plan), {.tcp = CaptureAmount::kHeaders,
                                  .dns = CaptureAmount::kWhole,
                                  .link_local_dns = CaptureAmount::kWhole}));
}

TEST_CASE("capture needs: what is shown but not needed does not count") {
  Plan plan;
  plan.shown = {kNetPacketUdp};
  CHECK(Same(CaptureNeeds(plan), CapturePlan{}));
}

}  // namespace
}  // namespace wirehound::test
