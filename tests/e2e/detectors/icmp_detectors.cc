// SPDX-License-Identifier: Apache-2.0

// ICMP, ICMPv6: the replies to a ping. Filters state the whole condition.

#include "e2e_net.h"

namespace {

using e2e_net::Is;

class Icmp : public e2e_net::FiltersDecide {
 public:
  wirehound::DetectorDefinition GetDefinition() const override {
    wirehound::EventRequirement requirement;
    requirement.name = "net_packet_icmp";
    requirement.data_filters = {Is("src", e2e_net::kNear4), Is("dst", e2e_net::kFar4),
                                "proto_icmp.typeCode=EchoReply"};
    requirement.scope_filters = {"comm=ping"};
    return e2e_net::Definition("ICMP", requirement);
  }
};

class Icmpv6 : public e2e_net::FiltersDecide {
 public:
  wirehound::DetectorDefinition GetDefinition() const override {
    wirehound::EventRequirement requirement;
    requirement.name = "net_packet_icmpv6";
    requirement.data_filters = {Is("src", e2e_net::kNear6), Is("dst", e2e_net::kFar6),
                                "proto_icmpv6.typeCode=EchoReply"};
    requirement.scope_filters = {"comm=ping"};
    return e2e_net::Definition("ICMPv6", requirement);
  }
};

}  // namespace

WIREHOUND_DETECTORS(Icmp, Icmpv6);
