// SPDX-License-Identifier: Apache-2.0

#include "engine/pipeline/flow_context.h"

#include <cstring>

#include <wirehound/abi/detector_abi.h>

#include "decoders/ip/ip_payload.h"

namespace wirehound {

namespace {

bool IsEndpoint(const FlowEndpoint& endpoint, const wirehound_address& address,
                std::uint16_t port) {
  return endpoint.port == port && endpoint.address.family == address.family &&
         std::memcmp(endpoint.address.bytes, address.bytes, sizeof(address.bytes)) == 0;
}

// The direction of what `sender` says, from that of the connection.
std::uint8_t DirectionOf(const FlowInfo& flow, FlowSide sender) {
  if (flow.direction == WIREHOUND_DIRECTION_UNKNOWN || sender == FlowSide::kInitiator) {
    return flow.direction;
  }
  return flow.direction == WIREHOUND_DIRECTION_EGRESS ? WIREHOUND_DIRECTION_INGRESS
                                                      : WIREHOUND_DIRECTION_EGRESS;
}

}  // namespace

const wirehound_packet_metadata& FlowContext::Describe(FlowSide sender) {
  const bool of_packet = PacketIsOfFlow();
  if (of_packet && emitter_.record_has_owner()) {
    emitter_.SetProcessKnown(true);
  } else {
    emitter_.SetOwner(flow_->owner_id, flow_->owner_source);
  }
  emitter_.SetStreamGap(flow_->has_gap);
  if (!of_packet) {
    emitter_.SetTruncated(false);
  }
  if (of_packet) {
    described_ = *packet_;
  } else {
    described_ = {};
    described_.struct_size = WIREHOUND_STRUCT_SIZE(wirehound_packet_metadata, iface);
    described_.iface = {"any", 3};
    described_.protocol = kProtocolTcp;
  }
  const FlowEndpoint& from = flow_->endpoint(sender);
  const FlowEndpoint& to = flow_->endpoint(Opposite(sender));
  described_.src_ip = from.address;
  described_.src_port = from.port;
  described_.dst_ip = to.address;
  described_.dst_port = to.port;
  described_.direction = DirectionOf(*flow_, sender);
  return described_;
}

bool FlowContext::PacketIsOfFlow() const {
  if (packet_ == nullptr) {
    return false;
  }
  const FlowEndpoint& initiator = flow_->endpoint(FlowSide::kInitiator);
  const FlowEndpoint& responder = flow_->endpoint(FlowSide::kResponder);
  // The two observations of a loopback connection have the same addresses and differ in direction.
  const FlowSide sender = IsEndpoint(initiator, packet_->src_ip, packet_->src_port)
                              ? FlowSide::kInitiator
                              : FlowSide::kResponder;
  const FlowEndpoint& from = sender == FlowSide::kInitiator ? initiator : responder;
  const FlowEndpoint& to = sender == FlowSide::kInitiator ? responder : initiator;
  return IsEndpoint(from, packet_->src_ip, packet_->src_port) &&
         IsEndpoint(to, packet_->dst_ip, packet_->dst_port) &&
         DirectionOf(*flow_, sender) == packet_->direction;
}

}  // namespace wirehound
