// SPDX-License-Identifier: Apache-2.0

#include "engine/pipeline/flow_events.h"

namespace wirehound {

namespace {

std::string_view DirectionName(std::uint8_t direction) {
  switch (direction) {
    case WIREHOUND_DIRECTION_EGRESS:
      return "outgoing";
    case WIREHOUND_DIRECTION_INGRESS:
      return "incoming";
    default:
      return "unknown";
  }
}

}  // namespace

std::string_view FlowEndName(FlowEnd how) {
  switch (how) {
    case FlowEnd::kFin:
      return "fin";
    case FlowEnd::kReset:
      return "reset";
    case FlowEnd::kTimeout:
      return "timeout";
    case FlowEnd::kReplaced:
      return "replaced";
    case FlowEnd::kEvicted:
      return "evicted";
    case FlowEnd::kShutdown:
      return "shutdown";
  }
  return "unknown";
}

FlowEvents::FlowEvents(const Plan& plan, const Catalogue& catalogue, EventEmitter& emitter,
                       const DnsStore& names)
    : emitter_(emitter),
      store_(names),
      begin_(catalogue, plan, kNetFlowTcpBegin, metadata_),
      end_(catalogue, plan, kNetFlowTcpEnd, metadata_),
      connect_(catalogue, plan, kNetTcpConnect, metadata_),
      begin_direction_(begin_.field("conn_direction")),
      end_direction_(end_.field("conn_direction")),
      packets_sent_(end_.field("packets_sent")),
      packets_received_(end_.field("packets_received")),
      bytes_sent_(end_.field("bytes_sent")),
      bytes_received_(end_.field("bytes_received")),
      duration_(end_.field("duration_ns")),
      reason_(end_.field("reason")),
      connect_port_(connect_.field("dst_port")),
      begin_names_{begin_.field("src_dns"), begin_.field("dst_dns")},
      end_names_{end_.field("src_dns"), end_.field("dst_dns")},
      connect_names_(connect_.field("dst_dns")) {}

void FlowEvents::SetPlan(const Plan& plan) {
  for (BaseEvent* event : {&begin_, &end_, &connect_}) {
    event->SetPlan(plan);
  }
}

// net_tcp_connect is about attempts of this host only: `direction` is that of the initiator.
void FlowEvents::OnAttempt(const FlowInfo& flow, const EventContext& context) {
  if (!connect_.wanted() || flow.direction != WIREHOUND_DIRECTION_EGRESS) {
    return;
  }
  Describe(flow);
  connect_port_.signed_integer = metadata_.dst_port;
  connect_names_.list = NamesOf(metadata_.dst_ip, *context.process, dst_names_);
  emitter_.Emit(connect_, context);
  emitter_.EndTurn();
}

void FlowEvents::OnBegin(const FlowInfo& flow, const EventContext& context) {
  if (!begin_.wanted()) {
    return;
  }
  Describe(flow);
  SetNames(begin_names_, *context.process);
  begin_direction_.text = FromView(DirectionName(flow.direction));
  emitter_.Emit(begin_, context);
  emitter_.EndTurn();
}

void FlowEvents::OnEnd(const FlowInfo& flow, const EventContext& context, FlowEnd how) {
  if (!end_.wanted() || !flow.handshake_seen) {
    return;
  }
  Describe(flow);
  SetNames(end_names_, *context.process);
  SetCounters(flow, how);
  emitter_.Emit(end_, context);
  emitter_.EndTurn();
}

void FlowEvents::Describe(const FlowInfo& flow) {
  const FlowEndpoint& initiator = flow.endpoint(FlowSide::kInitiator);
  const FlowEndpoint& responder = flow.endpoint(FlowSide::kResponder);
  metadata_.src_ip = initiator.address;
  metadata_.src_port = initiator.port;
  metadata_.dst_ip = responder.address;
  metadata_.dst_port = responder.port;
}

void FlowEvents::SetNames(const NameFields& fields, const wirehound_process& process) {
  fields.src.list = NamesOf(metadata_.src_ip, process, src_names_);
  fields.dst.list = NamesOf(metadata_.dst_ip, process, dst_names_);
}

wirehound_list FlowEvents::NamesOf(const wirehound_address& address,
                                   const wirehound_process& process, Names& names) const {
  const DnsQuery query = {.entity_id = process.process_entity_id,
                          .container_id = {process.container_id.data, process.container_id.size},
                          .now_ns = emitter_.timestamp_ns()};
  std::array<wirehound_dns_mapping, DnsStore::kMaxAnswer> mappings;
  const std::size_t count = store_.NamesOf(address, query, mappings);
  for (std::size_t i = 0; i < count; ++i) {
    names[i] = mappings[i].name;
  }
  return {names.data(), static_cast<std::uint32_t>(count), sizeof(wirehound_string)};
}

void FlowEvents::SetCounters(const FlowInfo& flow, FlowEnd how) {
  const FlowCounters& sent = flow.counter(FlowSide::kInitiator);
  const FlowCounters& received = flow.counter(FlowSide::kResponder);
  end_direction_.text = FromView(DirectionName(flow.direction));
  packets_sent_.unsigned_integer = sent.packets;
  packets_received_.unsigned_integer = received.packets;
  bytes_sent_.unsigned_integer = sent.bytes;
  bytes_received_.unsigned_integer = received.bytes;
  duration_.unsigned_integer = flow.last_ns > flow.first_ns ? flow.last_ns - flow.first_ns : 0;
  reason_.text = FromView(FlowEndName(how));
}

}  // namespace wirehound
