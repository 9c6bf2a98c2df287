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

// The direction of the packets of `sender`, worked out from that of the connection.
std::uint8_t DirectionOf(const FlowInfo& flow, FlowSide sender) {
  if (flow.direction == WIREHOUND_DIRECTION_UNKNOWN || sender == FlowSide::kInitiator) {
    return flow.direction;
  }
  return flow.direction == WIREHOUND_DIRECTION_EGRESS ? WIREHOUND_DIRECTION_INGRESS
                                                      : WIREHOUND_DIRECTION_EGRESS;
}

}  // namespace

const FlowDescription& FlowContext::Describe(FlowSide sender) {
  wirehound_packet_metadata& metadata = description_.metadata;
  EventContext& context = description_.context;
  if (PacketIsOfFlow()) {
    metadata = *packet_;
    context = *packet_context_;
    if (!context.has_owner()) {
      context = ContextOfOwner();
      context.truncated = packet_context_->truncated;
    }
  } else {
    metadata = {};
    metadata.struct_size = WIREHOUND_STRUCT_SIZE(wirehound_packet_metadata, iface);
    metadata.iface = {"any", 3};
    metadata.protocol = kProtocolTcp;
    context = ContextOfOwner();
  }
  context.stream_gap = flow_->has_gap;
  const FlowEndpoint& from = flow_->endpoint(sender);
  const FlowEndpoint& to = flow_->endpoint(Opposite(sender));
  metadata.src_ip = from.address;
  metadata.src_port = from.port;
  metadata.dst_ip = to.address;
  metadata.dst_port = to.port;
  metadata.direction = DirectionOf(*flow_, sender);
  return description_;
}

EventContext FlowContext::ContextOfOwner() const {
  const wirehound_process* process =
      flow_->owner_id != 0 && find_owner_ ? find_owner_(flow_->owner_id) : nullptr;
  if (process == nullptr) {
    return {};
  }
  return {.process = process, .owner_source = flow_->owner_source};
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
