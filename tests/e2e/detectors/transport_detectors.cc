// SPDX-License-Identifier: Apache-2.0

// TCP, UDP: the data that nc receives over TCP, and the data that it sends over UDP. Filters state
// the whole condition.

#include "e2e_net.h"

namespace {

using e2e_net::Is;

class Tcp : public e2e_net::FiltersDecide {
 public:
  wirehound::DetectorDefinition GetDefinition() const override {
    wirehound::EventRequirement requirement;
    requirement.name = "net_packet_tcp";
    requirement.data_filters = {
        Is("src", e2e_net::kNear4), Is("dst", e2e_net::kFar4), "src_port=8090",
        "proto_tcp.ACK=1",          "proto_tcp.SYN=0",         "proto_tcp.FIN=0",
        "proto_tcp.RST=0",          "proto_tcp.URG=0"};
    requirement.scope_filters = {"comm=nc"};
    return e2e_net::Definition("TCP", requirement);
  }
};

class Udp : public e2e_net::FiltersDecide {
 public:
  wirehound::DetectorDefinition GetDefinition() const override {
    wirehound::EventRequirement requirement;
    requirement.name = "net_packet_udp";
    requirement.data_filters = {Is("src", e2e_net::kFar4), Is("dst", e2e_net::kNear4),
                                "dst_port=8090"};
    requirement.scope_filters = {"comm=nc"};
    return e2e_net::Definition("UDP", requirement);
  }
};

}  // namespace

WIREHOUND_DETECTORS(Tcp, Udp);
