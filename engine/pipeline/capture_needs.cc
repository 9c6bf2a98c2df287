// SPDX-License-Identifier: Apache-2.0

#include "engine/pipeline/capture_needs.h"

namespace wirehound {

CapturePlan CaptureNeeds(const Plan& plan) {
  const auto amount = [&plan](BaseEventId id, CaptureAmount needed) {
    return plan.needed.count(id) != 0 ? needed : CaptureAmount::kNothing;
  };
  CapturePlan needs;
  needs.ipv4 = amount(kNetPacketIpv4, CaptureAmount::kHeaders);
  needs.ipv6 = amount(kNetPacketIpv6, CaptureAmount::kHeaders);
  needs.tcp = amount(kNetPacketTcp, CaptureAmount::kHeaders);
  needs.udp = amount(kNetPacketUdp, CaptureAmount::kHeaders);
  needs.dns = amount(kNetPacketDns, CaptureAmount::kWhole);
  return needs;
}

}  // namespace wirehound
