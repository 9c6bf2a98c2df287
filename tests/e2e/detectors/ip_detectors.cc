// SPDX-License-Identifier: Apache-2.0

// IPv4, IPv6: the packets of a ping towards the near end. The addresses of the event and of the
// header in it must agree.

#include "e2e_net.h"

namespace {

using e2e_net::Is;

class Ipv4 : public wirehound::Detector {
 public:
  wirehound::DetectorDefinition GetDefinition() const override {
    wirehound::EventRequirement requirement;
    requirement.name = "net_packet_ipv4";
    requirement.data_filters = {Is("src", e2e_net::kFar4), Is("dst", e2e_net::kNear4),
                                "proto_ipv4.version=4", "proto_ipv4.IHL=5"};
    requirement.scope_filters = {"comm=ping"};
    return e2e_net::Definition("IPv4", requirement);
  }

  wirehound::Status Init(const wirehound::InitContext& context) override {
    return e2e_net::All({context.Bind("net_packet_ipv4", "src", src_),
                         context.Bind("net_packet_ipv4", "dst", dst_),
                         context.Bind("net_packet_ipv4", "proto_ipv4", header_)});
  }

  wirehound::Status OnEvent(const wirehound::EventView& event,
                            const wirehound::Emitter& emit) override {
    const auto header = header_.Get(event);
    const bool agree = header && src_.Get(event) == wirehound::Address(header->src_ip) &&
                       dst_.Get(event) == wirehound::Address(header->dst_ip);
    return agree ? emit.Detected() : wirehound::Status();
  }

 private:
  wirehound::FieldRef<wirehound::Address> src_;
  wirehound::FieldRef<wirehound::Address> dst_;
  wirehound::FieldRef<wirehound_ipv4> header_;
};

class Ipv6 : public wirehound::Detector {
 public:
  wirehound::DetectorDefinition GetDefinition() const override {
    wirehound::EventRequirement requirement;
    requirement.name = "net_packet_ipv6";
    requirement.data_filters = {Is("src", e2e_net::kFar6), Is("dst", e2e_net::kNear6),
                                "proto_ipv6.version=6", "proto_ipv6.hopLimit=64"};
    requirement.scope_filters = {"comm=ping"};
    return e2e_net::Definition("IPv6", requirement);
  }

  wirehound::Status Init(const wirehound::InitContext& context) override {
    return e2e_net::All({context.Bind("net_packet_ipv6", "src", src_),
                         context.Bind("net_packet_ipv6", "dst", dst_),
                         context.Bind("net_packet_ipv6", "proto_ipv6", header_)});
  }

  wirehound::Status OnEvent(const wirehound::EventView& event,
                            const wirehound::Emitter& emit) override {
    const auto header = header_.Get(event);
    const bool agree = header && src_.Get(event) == wirehound::Address(header->src_ip) &&
                       dst_.Get(event) == wirehound::Address(header->dst_ip);
    return agree ? emit.Detected() : wirehound::Status();
  }

 private:
  wirehound::FieldRef<wirehound::Address> src_;
  wirehound::FieldRef<wirehound::Address> dst_;
  wirehound::FieldRef<wirehound_ipv6> header_;
};

}  // namespace

WIREHOUND_DETECTORS(Ipv4, Ipv6);
