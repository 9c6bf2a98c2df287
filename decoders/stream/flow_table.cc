// SPDX-License-Identifier: Apache-2.0

// Finds, creates, ends and removes flows. What a segment means for its flow is in
// flow_handshake.cc, what it means for its bytes in tcp_reassembler.cc.
//
// The age lists hold flows in the order of active_ns, which is the latest time seen and never steps
// back. So the oldest flow of a list is the first to time out, and expiry looks at no other.

#include "decoders/stream/flow_table.h"

#include <algorithm>
#include <cstring>
#include <vector>

namespace wirehound {
namespace {

constexpr std::size_t kMaxFlowsEver = std::size_t{1} << 30;

bool IsEndpoint(const FlowEndpoint& endpoint, const wirehound_address& address,
                std::uint16_t port) {
  return endpoint.port == port && endpoint.address.family == address.family &&
         std::memcmp(endpoint.address.bytes, address.bytes, sizeof(address.bytes)) == 0;
}

// The direction seen from the other end.
std::uint8_t Opposite(std::uint8_t direction) {
  constexpr std::uint8_t kOpposite[] = {WIREHOUND_DIRECTION_UNKNOWN, WIREHOUND_DIRECTION_EGRESS,
                                        WIREHOUND_DIRECTION_INGRESS};
  return direction < std::size(kOpposite) ? kOpposite[direction] : WIREHOUND_DIRECTION_UNKNOWN;
}

// Whether `sender` sent the segment, as far as addresses, namespace and the local side say.
bool IsFrom(const FlowInfo& flow, FlowSide sender, const Segment& segment) {
  const wirehound_packet_metadata& packet = segment.metadata;
  const std::uint8_t direction =
      sender == FlowSide::kInitiator ? packet.direction : Opposite(packet.direction);
  return flow.direction == direction && flow.network_namespace == segment.network_namespace &&
         IsEndpoint(flow.endpoint(sender), packet.src_ip, packet.src_port) &&
         IsEndpoint(flow.endpoint(Opposite(sender)), packet.dst_ip, packet.dst_port);
}

FlowLimits Clamped(FlowLimits limits) {
  limits.max_flows = std::clamp<std::size_t>(limits.max_flows, 1, kMaxFlowsEver);
  return limits;
}

}  // namespace

FlowTable::FlowTable(const FlowLimits& limits, FlowObserver& observer, std::uint64_t seed)
    : observer_(observer),
      shared_(Clamped(limits)),
      hasher_(seed),
      index_(shared_.limits.max_flows),
      pool_(shared_.limits.max_flows) {}

void FlowTable::OnSegment(const Segment& segment) {
  if (segment.timestamp_ns > now_ns_) {
    Expire(segment.timestamp_ns);
  }
  ++counters_.segments;
  counters_.streams.payload_bytes += segment.payload.wire_size;
  const std::uint32_t hash = hasher_(segment.metadata, segment.network_namespace);
  Found found = FindFlow(segment, hash);
  if (found.flow == nullptr) {
    found = CreateFlow(segment, hash);
  } else if (BeginsNewFlow(*found.flow, found.sender, segment)) {
    found = ReplaceFlow(*found.flow, segment, hash);
  } else if (found.flow->state == FlowState::kEnded) {
    Ignore(IgnoredReason::kLingering, segment);
    return;
  }
  if (found.flow != nullptr) {
    CountPacket(*found.flow, found.sender, segment);
    OnFlowSegment(*found.flow, found.sender, segment);
  }
}

FlowTable::Found FlowTable::FindFlow(const Segment& segment, std::uint32_t hash) {
  Found found{nullptr, FlowSide::kInitiator};
  index_.Find(hash, [&](std::uint32_t number) {
    FlowEntry& flow = pool_.at(number);
    if (IsFrom(flow.info, FlowSide::kInitiator, segment)) {
      found = {&flow, FlowSide::kInitiator};
    } else if (IsFrom(flow.info, FlowSide::kResponder, segment)) {
      found = {&flow, FlowSide::kResponder};
    }
    return found.flow != nullptr;
  });
  return found;
}

FlowTable::Found FlowTable::CreateFlow(const Segment& segment, std::uint32_t hash) {
  const wirehound_tcp& tcp = segment.tcp;
  if (tcp.rst_flag != 0 || (tcp.syn_flag == 0 && tcp.ack_flag == 0)) {
    Ignore(tcp.rst_flag != 0 ? IgnoredReason::kStrayReset : IgnoredReason::kWithoutAck, segment);
    return {nullptr, FlowSide::kInitiator};
  }
  FlowEntry& flow = TakeEntry();
  const wirehound_packet_metadata& packet = segment.metadata;
  const bool answer = tcp.syn_flag != 0 && tcp.ack_flag != 0;
  const FlowSide sender = answer ? FlowSide::kResponder : FlowSide::kInitiator;
  FlowInfo& info = flow.info;
  info.id = ++last_id_;
  info.first_ns = segment.timestamp_ns;
  info.network_namespace = segment.network_namespace;
  info.endpoints[static_cast<std::size_t>(sender)] = {packet.src_ip, packet.src_port};
  info.endpoints[static_cast<std::size_t>(Opposite(sender))] = {packet.dst_ip, packet.dst_port};
  info.direction = answer ? Opposite(packet.direction) : Opposite(Opposite(packet.direction));
  flow.hash = hash;
  index_.Insert(hash, flow.number);
  ListOf(flow.state).Append(flow);
  ++counters_.flows_created;
  return {&flow, sender};
}

FlowEntry& FlowTable::TakeEntry() {
  FlowEntry* flow = pool_.TakeFresh();
  if (flow == nullptr) {
    EvictOne();
    flow = pool_.TakeFresh();
  }
  return *flow;
}

// Evicts the flow that is idle longest, with two exceptions. A flow that has ended goes first. When
// most flows are half open, as in a flood of SYNs, the oldest half-open flow goes, so that the
// flood makes room for itself and does not push out real connections.
void FlowTable::EvictOne() {
  if (FlowEntry* ended = lingering_.oldest(); ended != nullptr) {
    ++counters_.lingering_evicted;
    RemoveEntry(*ended);
    return;
  }
  FlowEntry* half_open = half_open_.oldest();
  FlowEntry* open = open_.oldest();
  const bool flooded = half_open_.size() > open_.size();
  const bool take_half_open = flooded || open == nullptr ||
                              (half_open != nullptr && half_open->active_ns < open->active_ns);
  End(take_half_open ? *half_open : *open, FlowEnd::kEvicted);
}

// Ends the old flow and creates one for the segment. If the segment confirmed a noted SYN, the new
// flow starts with that SYN.
FlowTable::Found FlowTable::ReplaceFlow(FlowEntry& old, const Segment& segment,
                                        std::uint32_t hash) {
  const bool has_unconfirmed_syn = old.has_unconfirmed_syn && segment.tcp.rst_flag == 0 &&
                                   (segment.tcp.syn_flag == 0 || segment.tcp.ack_flag != 0);
  const std::uint32_t unconfirmed_sequence = old.unconfirmed_sequence;
  if (old.state == FlowState::kEnded) {
    RemoveEntry(old);
  } else {
    End(old, FlowEnd::kReplaced);
  }
  const Found made = CreateFlow(segment, hash);
  if (made.flow != nullptr && has_unconfirmed_syn) {
    OnFirstSyn(*made.flow, unconfirmed_sequence);
  }
  return made;
}

void FlowTable::CountPacket(FlowEntry& flow, FlowSide sender, const Segment& segment) {
  FlowInfo& info = flow.info;
  FlowCounters& counters = info.counters[static_cast<std::size_t>(sender)];
  ++counters.packets;
  counters.bytes += segment.metadata.packet_len;
  counters.payload_bytes += segment.payload.wire_size;
  info.last_ns = std::max(info.last_ns, segment.timestamp_ns);
  if (segment.owner.id != 0) {
    info.owner_id = segment.owner.id;
    info.owner_source = segment.owner.source;
  }
  flow.active_ns = now_ns_;
  ListOf(flow.state).MoveToNewest(flow);
}

void FlowTable::Reassemble(FlowEntry& flow, FlowSide sender, const Segment& segment) {
  const wirehound_tcp& tcp = segment.tcp;
  const bool syn = tcp.syn_flag != 0;
  if (flow.last_sender != sender && segment.payload.wire_size != 0) {
    flow.last_sender = sender;
    flow.stream(sender).StartTurn();
  }
  flow.stream(sender).OnSegment(Context(flow, sender), tcp.seq + (syn ? 1 : 0), segment.payload,
                                tcp.fin_flag != 0 && !syn);
  // Before the SYN is answered, an acknowledgement may belong to an earlier connection.
  if (tcp.ack_flag != 0 && flow.state != FlowState::kSyn) {
    flow.stream(Opposite(sender)).OnAck(tcp.ack);
  }
  UpdateAfterStreams(flow, HoleCheck::kPacket);
}

void FlowTable::UpdateAfterStreams(FlowEntry& flow, HoleCheck reason) {
  const bool closing = flow.streams[0].fin_seen() && flow.streams[1].fin_seen();
  for (const FlowSide side : {FlowSide::kInitiator, FlowSide::kResponder}) {
    if (flow.stream(side).may_have_hole()) {
      flow.stream(side).CheckHoles(Context(flow, side), reason, closing);
    }
  }
  if (closing && flow.streams[0].ended() && flow.streams[1].ended()) {
    End(flow, FlowEnd::kFin);
    return;
  }
  SetWaiting(flow, flow.streams[0].waiting() || flow.streams[1].waiting());
}

void FlowTable::SetWaiting(FlowEntry& flow, bool waits) {
  if (flow.waits == waits) {
    return;
  }
  flow.waits = waits;
  if (waits) {
    waiting_.Append(flow);
  } else {
    waiting_.Remove(flow);
  }
}

FlowTable::AgeList& FlowTable::ListOf(FlowState state) {
  if (state == FlowState::kOpen) {
    return open_;
  }
  return state == FlowState::kEnded ? lingering_ : half_open_;
}

void FlowTable::SetState(FlowEntry& flow, FlowState state) {
  AgeList& from = ListOf(flow.state);
  AgeList& to = ListOf(state);
  flow.state = state;
  if (&from != &to) {
    from.Remove(flow);
    to.Append(flow);
  }
}

void FlowTable::End(FlowEntry& flow, FlowEnd how) {
  for (const FlowSide side : {FlowSide::kInitiator, FlowSide::kResponder}) {
    flow.stream(side).Finish(Context(flow, side));
  }
  SetWaiting(flow, false);
  ++counters_.flows_ended[static_cast<std::size_t>(how)];
  observer_.OnFlowEnd(flow.info, how);
  if (how == FlowEnd::kFin || how == FlowEnd::kReset) {
    flow.active_ns = now_ns_;
    SetState(flow, FlowState::kEnded);
  } else {
    RemoveEntry(flow);
  }
}

void FlowTable::RemoveEntry(FlowEntry& flow) {
  index_.Erase(flow.hash, flow.number);
  ListOf(flow.state).Remove(flow);
  pool_.Return(&flow);
}

void FlowTable::Expire(std::uint64_t now_ns) {
  now_ns_ = std::max(now_ns_, now_ns);
  if (now_ns_ - last_expire_ns_ >= kExpireIntervalNs) {
    last_expire_ns_ = now_ns_;
    ExpireDue();
  }
}

void FlowTable::ExpireDue() {
  EndIdle(half_open_, shared_.limits.handshake_timeout_ns);
  EndIdle(open_, shared_.limits.idle_timeout_ns);
  while (lingering_.oldest() != nullptr &&
         now_ns_ - lingering_.oldest()->active_ns >= shared_.limits.linger_ns) {
    RemoveEntry(*lingering_.oldest());
  }
  for (FlowEntry* flow = waiting_.oldest(); flow != nullptr;) {
    FlowEntry* next = WaitList::NewerThan(*flow);
    UpdateAfterStreams(*flow, HoleCheck::kTime);
    flow = next;
  }
}

void FlowTable::EndIdle(AgeList& list, std::uint64_t timeout_ns) {
  while (list.oldest() != nullptr && now_ns_ - list.oldest()->active_ns >= timeout_ns) {
    End(*list.oldest(), FlowEnd::kTimeout);
  }
}

void FlowTable::Resume() {
  for (const AgeList* list : {&half_open_, &open_}) {
    for (FlowEntry* flow = list->oldest(); flow != nullptr; flow = AgeList::NewerThan(*flow)) {
      if (flow->info.application == nullptr) {
        flow->stream(FlowSide::kInitiator).Resume();
        flow->stream(FlowSide::kResponder).Resume();
      }
    }
  }
}

void FlowTable::Shutdown() {
  std::vector<FlowEntry*> flows;
  flows.reserve(open_flows());
  for (const AgeList* list : {&half_open_, &open_}) {
    for (FlowEntry* flow = list->oldest(); flow != nullptr; flow = AgeList::NewerThan(*flow)) {
      flows.push_back(flow);
    }
  }
  std::sort(flows.begin(), flows.end(),
            [](const FlowEntry* a, const FlowEntry* b) { return a->info.id < b->info.id; });
  for (FlowEntry* flow : flows) {
    End(*flow, FlowEnd::kShutdown);
  }
  while (lingering_.oldest() != nullptr) {
    RemoveEntry(*lingering_.oldest());
  }
}

}  // namespace wirehound
