// SPDX-License-Identifier: Apache-2.0

// What SYN, SYN+ACK, the first ACK and RST mean for a flow.
//
// A single forged segment must not end a flow or take it over: otherwise its sender would hide the
// rest of the connection from every detector. So a SYN that does not fit an open flow is only
// noted, as unconfirmed. It begins a new flow when the other side answers it.

#include <algorithm>
#include <utility>

#include "decoders/stream/flow_table.h"

namespace wirehound {
namespace {

// The most data a SYN can carry (RFC 7413): what a SYN+ACK may acknowledge beyond the SYN.
constexpr std::uint32_t kMaxSynBytes = 65535;

bool StartsAt(const TcpReassembler& stream, std::uint32_t sequence) {
  return stream.started() && stream.start_sequence() == sequence;
}

bool NeverSeen(const FlowEntry& flow, FlowSide side) {
  return flow.info.counter(side).packets == 0;
}

// For a SYN+ACK from the side that was taken for the initiator: the flow was picked up midway and
// its first packet came from the responder. Only while no stream has started: a stream that has may
// have a tail, and the pool knows the stream by its address.
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

// RFC 5961, 3.1, accepts exactly the receiver's next expected number. An observer does not know
// that number when packets are lost or still under way, so a range around it is accepted. A side
// that has sent nothing yet resets with an acknowledgement of what the other side sent.
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
    // When only one side is captured, no answer can confirm a SYN. Then it is enough that the same
    // side sends the segment that follows it.
    return flow.has_unconfirmed_syn && sender == flow.unconfirmed_side &&
           tcp.seq == flow.unconfirmed_sequence && tcp.rst_flag == 0 &&
           NeverSeen(flow, Opposite(sender));
  }
  // A SYN with the number that the stream started with is a retransmission.
  if (tcp.rst_flag != 0 || StartsAt(flow.stream(sender), tcp.seq + 1)) {
    return false;
  }
  return tcp.ack_flag == 0 ? SynBeginsNewFlow(flow, sender)
                           : SynAckBeginsNewFlow(flow, sender, tcp);
}

// For a SYN with another initial sequence number than the flow has. It begins a new flow where
// there is nothing to lose: the old one has ended, is silent, or its own SYN was never answered.
bool FlowTable::SynBeginsNewFlow(const FlowEntry& flow, FlowSide sender) const {
  if (flow.state == FlowState::kEnded || LooksAbandoned(flow)) {
    return true;
  }
  return flow.state == FlowState::kSyn && sender == FlowSide::kInitiator;
}

// For a SYN+ACK with another initial sequence number than its side has. After the end of a flow,
// the SYN+ACK may still be the answer to that flow's own SYN, captured late.
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
  // It answers the noted SYN, so both sides agree on the new connection.
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
    // Both sides open at the same time (RFC 9293, figure 7).
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
  stream.Hold();  // until the answer: data of the SYN must not be delivered before OnFlowBegin
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
    return false;  // picked up midway, and data may have been delivered: too late for OnFlowBegin
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

// A SYN+ACK to a flow whose SYN waits for one. From the initiator it is believed only when both
// sides have sent their SYN (simultaneous open).
bool FlowTable::OnAnswer(FlowEntry& flow, FlowSide sender, const wirehound_tcp& tcp) {
  TcpReassembler& own = flow.stream(sender);
  TcpReassembler& peer = flow.stream(Opposite(sender));
  if (sender == FlowSide::kInitiator && (!StartsAt(own, tcp.seq + 1) || !peer.started())) {
    return false;
  }
  if (!own.started()) {
    own.Start(tcp.seq + 1);
  }
  // The responder knows which SYN it answers. The one that was seen first may be old or forged, so
  // the stream starts over where the answer says. The difference wraps, so an acknowledgement in
  // front of the start counts as too far as well.
  if (tcp.ack - peer.start_sequence() > kMaxSynBytes) {
    peer.Restart(Context(flow, Opposite(sender)), tcp.ack);
  }
  Begin(flow);
  return true;
}

// A segment with ACK and without SYN, on a flow that is not open yet.
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
  // The SYN+ACK was not captured if the flow goes on without it. An acknowledgement alone, from the
  // responder, is no answer: it says that the SYN did not fit (RFC 9293, 3.10.7.4).
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
  // Last, because this delivers data of the SYN, which comes after OnFlowBegin.
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
