// SPDX-License-Identifier: Apache-2.0

#include "engine/pipeline/capture_needs.h"

#include <algorithm>
#include <initializer_list>

namespace wirehound {

namespace {

bool NeedsAny(const Plan& plan, std::initializer_list<BaseEventId> ids) {
  return std::any_of(ids.begin(), ids.end(),
                     [&plan](BaseEventId id) { return plan.needed.count(id) != 0; });
}

}  // namespace

CapturePlan CaptureNeeds(const Plan& plan) {
  if (NeedsAny(plan, {kNetAnomaly})) {
    return CaptureEverything();
  }
  const auto amount = [&plan](std::initializer_list<BaseEventId> ids, CaptureAmount needed) {
    return NeedsAny(plan, ids) ? needed : CaptureAmount::kNothing;
  };
  CapturePlan needs;
  needs.ipv4 = amount({kNetPacketIpv4}, CaptureAmount::kHeaders);
  needs.ipv6 = amount({kNetPacketIpv6}, CaptureAmount::kHeaders);
  needs.udp = amount({kNetPacketUdp}, CaptureAmount::kHeaders);
  needs.icmp = amount({kNetPacketIcmp}, CaptureAmount::kHeaders);
  needs.icmpv6 = amount({kNetPacketIcmpv6}, CaptureAmount::kHeaders);
  needs.dns = plan.needs_dns_store
                  ? CaptureAmount::kWhole
                  : amount({kNetPacketDns, kNetPacketDnsRequest, kNetPacketDnsResponse},
                           CaptureAmount::kWhole);
  needs.link_local_dns = needs.dns;
  // HTTP may be on any port and its heads may be anywhere in a segment.
  needs.tcp = amount({kNetPacketHttp, kNetPacketHttpRequest, kNetPacketHttpResponse},
                     CaptureAmount::kWhole);
  if (needs.tcp == CaptureAmount::kNothing) {
    needs.tcp = amount({kNetPacketTcp, kNetFlowTcpBegin, kNetFlowTcpEnd, kNetTcpConnect},
                       CaptureAmount::kHeaders);
  }
  return needs;
}

}  // namespace wirehound
