// SPDX-License-Identifier: Apache-2.0

// What SYN, SYN+ACK, the first ACK and RST mean for a flow. A single forged segment must not be
// able to take a connection over or end it: what does not fit is noted, and believed when the other
// side confirms it.

#include <algorithm>
#include <utility>

#include "decoders/stream/flow_table.h"

namespace wirehound {
namespace {

// Data a SYN can carry (RFC 7413): what a SYN+ACK may acknowledge beyond the SYN.
constexpr std::uint32_t kMaxSynBytes = 65535;

bool StartsAt(const TcpReassembler& stream, std::uint32_t sequence) {
  return stream.started() && stream.start_sequence() == sequence;
}

bool NeverSeen(const FlowEntry& flow, FlowSide side) {
  return flow.info.counter(side).packets == 0;
}

// A SYN+ACK from the side taken for the initiator says that it is not.
void SwapSides(FlowEntry& flow) {
  FlowInfo& info = flow.info;
  std::swap(info.endpoints[0], info.endpoints[1]);
  std::swap(info.counters[0], info.counters[1]);
  std::swap(flow.streams[0], flow.streams[1]);
  if (info.direction == WIREHOUND_DIRECTION_INGRESS) {
    info.direction = WIREHOUND_DIRECTION_EGRESS;
  } else if (info.direction == WIREHOUND_DIRECTION_EGRESS) {
    info.direction = WIREHOUND_DIRECTION_INGRESS;
  }
}

bool IsPlausibleReset(FlowEntry& flow, FlowSide sender, const wirehound_tcp& tcp) {
  const TcpReassembler& own = flow.stream(sender);
  const TcpReassembler& peer = flow.stream(Opposite(sender));
  const bool by_sequence = own.started();
  if (!by_sequence && !peer.started()) {
    return true;
  }
  if (!by_sequence && tcp.ack_flag == 0) {
    return false;
  }
  const TcpReassembler& known = by_sequence ? own : peer;
  const std::int64_t distance = known.DistanceOf(by_sequence ? tcp.seq : tcp.ack);
  const auto ahead = static_cast<std::int64_t>(known.highest_offset() - known.next_offset());
  return distance >= -kResetBehindBytes && distance <= ahead + kResetAheadBytes;
}

}  // namespace

bool FlowTable::BeginsNewFlow(FlowEntry& flow, FlowSide sender, const Segment& segment) const {
  const wirehound_tcp& tcp = segment.tcp;
  if (tcp.syn_flag == 0) {
    // Where only one side is captured nobody can confirm a SYN, so its sender going on from there
    // must do.
    return flow.has_unconfirmed_syn && sender == flow.unconfirmed_side &&
           tcp.seq == flow.unconfirmed_sequence && tcp.rst_flag == 0 &&
           NeverSeen(flow, Opposite(sender));
  }
  if (tcp.rst_flag != 0 || StartsAt(flow.stream(sender), tcp.seq + 1)) {
    return false;
  }
  return tcp.ack_flag == 0 ? SynBeginsNewFlow(flow, sender)
                           : SynAckBeginsNewFlow(flow, sender, tcp);
}

// Called for a SYN with another initial sequence number than the flow has.
bool FlowTable::SynBeginsNewFlow(const FlowEntry& flow, FlowSide sender) const {
  if (flow.state == FlowState::kEnded || LooksAbandoned(flow)) {
    return true;
  }
  return flow.state == FlowState::kSyn && sender == FlowSide::kInitiator;
}

bool FlowTable::SynAckBeginsNewFlow(FlowEntry& flow, FlowSide sender,
                                    const wirehound_tcp& tcp) const {
  const TcpReassembler& own = flow.stream(sender);
  const TcpReassembler& peer = flow.stream(Opposite(sender));
  if (flow.state == FlowState::kEnded) {
    return own.started() || !StartsAt(peer, tcp.ack);
  }
  if (flow.state == FlowState::kSyn) {
    return false;
  }
  const bool confirms_syn = flow.has_unconfirmed_syn && flow.unconfirmed_side == Opposite(sender) &&
                            tcp.ack == flow.unconfirmed_sequence;
  const bool other_side_unseen = own.started() && NeverSeen(flow, Opposite(sender));
  return confirms_syn || other_side_unseen || (own.started() && LooksAbandoned(flow));
}

bool FlowTable::LooksAbandoned(const FlowEntry& flow) const {
  return now_ns_ - flow.active_ns >= shared_.limits.handshake_timeout_ns;
}

void FlowTable::OnFlowSegment(FlowEntry& flow, FlowSide sender, const Segment& segment) {
  const wirehound_tcp& tcp = segment.tcp;
  if (tcp.rst_flag != 0) {
    OnReset(flow, sender, segment);
    return;
  }
  if (tcp.syn_flag != 0) {
    const bool fits = tcp.ack_flag == 0 ? OnSyn(flow, sender, tcp) : OnSynAck(flow, sender, tcp);
    if (!fits) {
      Ignore(IgnoredReason::kUnexpectedSyn, segment);
      return;
    }
  } else if (tcp.ack_flag == 0) {
    Ignore(IgnoredReason::kWithoutAck, segment);
    return;
  } else if (flow.state != FlowState::kOpen) {
    OnHandshakeAck(flow, sender, segment);
  }
  Reassemble(flow, sender, segment);
}

// False when it does not fit the flow.
bool FlowTable::OnSyn(FlowEntry& flow, FlowSide sender, const wirehound_tcp& tcp) {
  const std::uint32_t sequence = tcp.seq + 1;
  TcpReassembler& own = flow.stream(sender);
  if (flow.state == FlowState::kNew) {
    OnFirstSyn(flow, sequence);
    return true;
  }
  if (StartsAt(own, sequence)) {
    return true;
  }
  if (flow.state == FlowState::kSyn && !own.started()) {
    // Both sides open at once (RFC 9293, figure 7).
    own.Start(sequence);
    own.Hold();
    return true;
  }
  flow.has_unconfirmed_syn = true;
  flow.unconfirmed_side = sender;
  flow.unconfirmed_sequence = sequence;
  return false;
}

void FlowTable::OnFirstSyn(FlowEntry& flow, std::uint32_t sequence) {
  TcpReassembler& stream = flow.stream(FlowSide::kInitiator);
  stream.Start(sequence);
  stream.Hold();  // until the answer, so that data of the SYN is not told before OnFlowBegin
  SetState(flow, FlowState::kSyn);
  observer_.OnFlowAttempt(flow.info);
}

// False when it does not fit the flow. May swap the sides.
bool FlowTable::OnSynAck(FlowEntry& flow, FlowSide& sender, const wirehound_tcp& tcp) {
  if (flow.state == FlowState::kSyn) {
    return OnAnswer(flow, sender, tcp);
  }
  const std::uint32_t sequence = tcp.seq + 1;
  TcpReassembler& own = flow.stream(sender);
  if (StartsAt(own, sequence)) {
    return true;
  }
  if (own.started()) {
    return false;
  }
  if (flow.info.handshake_seen) {
    own.Start(sequence);
    return true;
  }
  if (flow.stream(Opposite(sender)).started()) {
    return false;  // picked up midway, and data was told: too late to begin
  }
  if (sender == FlowSide::kInitiator) {
    SwapSides(flow);
    sender = FlowSide::kResponder;
  }
  flow.stream(FlowSide::kResponder).Start(sequence);
  flow.stream(FlowSide::kInitiator).Start(tcp.ack);
  Begin(flow);
  return true;
}

// A SYN+ACK to a flow whose SYN waits for one.
bool FlowTable::OnAnswer(FlowEntry& flow, FlowSide sender, const wirehound_tcp& tcp) {
  TcpReassembler& own = flow.stream(sender);
  TcpReassembler& peer = flow.stream(Opposite(sender));
  if (sender == FlowSide::kInitiator && (!StartsAt(own, tcp.seq + 1) || !peer.started())) {
    return false;
  }
  if (!own.started()) {
    own.Start(tcp.seq + 1);
  }
  // The answer knows best which SYN it is for.
  if (tcp.ack - peer.start_sequence() > kMaxSynBytes) {
    peer.Restart(Context(flow, Opposite(sender)), tcp.ack);
  }
  Begin(flow);
  return true;
}

// A segment with ACK and without SYN, on a flow that is not open.
void FlowTable::OnHandshakeAck(FlowEntry& flow, FlowSide sender, const Segment& segment) {
  const bool has_data = segment.payload.wire_size != 0;
  const bool from_initiator = sender == FlowSide::kInitiator;
  if (flow.state == FlowState::kNew) {
    SetState(flow, FlowState::kPickedUp);
  }
  if (flow.state == FlowState::kPickedUp) {
    if (has_data || segment.tcp.fin_flag != 0 || !from_initiator) {
      SetState(flow, FlowState::kOpen);
    }
    return;
  }
  // Without a SYN+ACK: it was not captured. A mere acknowledgement by the responder says that the
  // SYN did not fit (RFC 9293, 3.10.7.4).
  if (flow.state == FlowState::kSyn && (from_initiator || has_data)) {
    Begin(flow);
  }
  if (flow.state == FlowState::kAnswered && from_initiator) {
    SetState(flow, FlowState::kOpen);
  }
}

void FlowTable::Begin(FlowEntry& flow) {
  SetState(flow, FlowState::kAnswered);
  flow.info.handshake_seen = true;
  flow.has_unconfirmed_syn = false;
  ++counters_.flows_begun;
  observer_.OnFlowBegin(flow.info);
  for (const FlowSide side : {FlowSide::kInitiator, FlowSide::kResponder}) {
    flow.stream(side).Release(Context(flow, side));
  }
}

void FlowTable::OnReset(FlowEntry& flow, FlowSide sender, const Segment& segment) {
  if (!IsPlausibleReset(flow, sender, segment.tcp)) {
    Ignore(IgnoredReason::kImplausibleReset, segment);
    return;
  }
  if (segment.payload.wire_size != 0) {
    Ignore(IgnoredReason::kResetPayload, segment);
  }
  (sender == FlowSide::kInitiator ? flow.info.reset_by_initiator : flow.info.reset_by_responder) =
      true;
  End(flow, FlowEnd::kReset);
}

}  // namespace wirehound
