// SPDX-License-Identifier: Apache-2.0

// The way of a segment: compare it with what is known, cut off what is not new, then deliver or
// keep the rest. And the rules by which a hole is given up.
//
// Two things to know before a change. The observer can lose interest in any OnStreamData or
// OnStreamGap; then StopDelivery has emptied kept_ and moved next_ when the call returns, so every
// loop here asks again. And offsets are 64 bits wide, while sequence numbers wrap: only DistanceOf
// turns one into the other.

#include "decoders/stream/tcp_reassembler.h"

#include <algorithm>

namespace wirehound {
namespace {

void CountRetransmitted(const StreamContext& stream, std::uint64_t bytes) {
  stream.counters.retransmitted_bytes += bytes;
  stream.flow.counters[static_cast<std::size_t>(stream.side)].retransmitted_bytes += bytes;
}

void UpdateMemoryCounters(const StreamContext& stream) {
  stream.counters.buffer_memory_bytes = stream.shared.segments.in_use() * kSegmentBlockBytes;
  stream.counters.peak_buffer_memory_bytes = stream.shared.segments.peak() * kSegmentBlockBytes;
}

void ReportAnomaly(const StreamContext& stream, AnomalyKind kind, std::uint64_t offset,
                   std::uint64_t size) {
  stream.observer.OnStreamAnomaly(stream.flow, stream.side, {kind, offset, size});
}

}  // namespace

void TcpReassembler::Start(std::uint32_t sequence) {
  started_ = true;
  start_sequence_ = sequence;
}

void TcpReassembler::Restart(const StreamContext& stream, std::uint32_t sequence) {
  const std::uint64_t bytes = kept_.Clear(stream.shared.segments);
  if (bytes != 0) {
    stream.counters.buffered_bytes -= bytes;
    stream.counters.Ignore(IgnoredReason::kUnexpectedSyn, bytes);
  }
  UpdateMemoryCounters(stream);
  *this = TcpReassembler();
  Start(sequence);
}

void TcpReassembler::Release(const StreamContext& stream) {
  if (held_) {
    held_ = false;
    Drain(stream);
    EndIfReached(stream);
  }
}

void TcpReassembler::OnSegment(const StreamContext& stream, std::uint32_t sequence,
                               CapturedBytes payload, bool fin) {
  if (payload.wire_size == 0 && !fin) {
    return;
  }
  if (!started_) {
    Start(sequence);
  }
  // Beyond half the sequence space the sign of a distance means nothing. The limit also keeps every
  // offset below far from overflow.
  const std::int32_t distance = DistanceOf(sequence);
  if (distance > kMaxSegmentDistance || distance < -kMaxSegmentDistance ||
      payload.wire_size > static_cast<std::uint32_t>(kMaxSegmentDistance)) {
    stream.counters.Ignore(IgnoredReason::kOutsideWindow, payload.wire_size);
    return;
  }
  // Computed first, because the payload moves next_.
  const std::int64_t end =
      static_cast<std::int64_t>(next_) + distance + static_cast<std::int64_t>(payload.wire_size);
  if (payload.wire_size != 0) {
    OnPayload(stream, distance, payload);
  }
  if (fin) {
    OnFin(stream, end);
  }
}

void TcpReassembler::NoteAckAhead(std::int32_t distance) {
  // The FIN takes a sequence number but is no byte of the stream, so its acknowledgement would
  // count one byte too many.
  if (started_ && distance <= kMaxSegmentDistance) {
    acked_ = std::max(acked_, std::min(next_ + static_cast<std::uint64_t>(distance), fin_));
  }
}

void TcpReassembler::OnPayload(const StreamContext& stream, std::int32_t distance,
                               CapturedBytes payload) {
  // Nearly every segment. Bytes at next_ were never seen, so there is nothing to compare or cut.
  if (distance == 0 && InOrder()) {
    DeliverPiece(stream, {next_, payload});
    return;
  }
  StreamPiece piece = CutBeforeStart(stream, static_cast<std::int64_t>(next_) + distance, payload);
  CutBehindFin(stream, piece);
  if (!wanted_) {
    CountUnwanted(stream, piece);
    return;
  }
  // In this order: a retransmission is compared with the tail before its old bytes are cut off.
  CompareWithKnown(stream, piece);
  CutDelivered(stream, piece);
  if (!piece.empty()) {
    Reassemble(stream, piece);
    EndIfReached(stream);
  }
}

void TcpReassembler::OnFin(const StreamContext& stream, std::int64_t offset) {
  // The first FIN counts. A second one elsewhere may be forged; believing it would let its sender
  // cut the stream or add to it.
  if (fin_ != kNoFin) {
    return;
  }
  if (offset < static_cast<std::int64_t>(next_)) {
    stream.counters.Ignore(IgnoredReason::kOutsideWindow, 0);
    return;
  }
  if (kept_.empty()) {
    progress_ns_ = stream.now_ns;
  }
  fin_ = static_cast<std::uint64_t>(offset);
  acked_ = std::min(acked_, fin_);
  if (!wanted_) {
    next_ = fin_;
  } else if (highest_offset() > fin_) {
    ReportAnomaly(stream, AnomalyKind::kTcpDataAfterFin, fin_, highest_offset() - fin_);
    const std::uint64_t bytes = kept_.CutBehind(stream.shared.segments, fin_);
    stream.counters.buffered_bytes -= bytes;
    stream.counters.Ignore(IgnoredReason::kAfterFin, bytes);
    UpdateMemoryCounters(stream);
  }
  EndIfReached(stream);
}

StreamPiece TcpReassembler::CutBeforeStart(const StreamContext& stream, std::int64_t offset,
                                           CapturedBytes payload) {
  StreamPiece piece{static_cast<std::uint64_t>(std::max<std::int64_t>(offset, 0)), payload};
  if (offset < 0) {
    const std::uint64_t missed = std::min(static_cast<std::uint64_t>(-offset), piece.size());
    stream.counters.Ignore(IgnoredReason::kBeforeStart, missed);
    piece.Advance(missed);
    piece.offset = 0;
  }
  return piece;
}

void TcpReassembler::CutBehindFin(const StreamContext& stream, StreamPiece& piece) const {
  if (piece.empty() || piece.end() <= fin_) {
    return;
  }
  const std::uint64_t begin = std::max(piece.offset, fin_);
  const std::uint64_t size = piece.end() - begin;
  stream.counters.Ignore(IgnoredReason::kAfterFin, size);
  // Some stacks keep a closing connection alive with a single byte in the place of the FIN.
  if (piece.offset != fin_ || size != 1) {
    ReportAnomaly(stream, AnomalyKind::kTcpDataAfterFin, begin, size);
  }
  piece = piece.First(piece.size() - size);
}

void TcpReassembler::CutDelivered(const StreamContext& stream, StreamPiece& piece) const {
  if (piece.offset < next_) {
    const std::uint64_t size = std::min(next_ - piece.offset, piece.size());
    CountRetransmitted(stream, size);
    piece.Advance(size);
  }
}

void TcpReassembler::CompareWithKnown(const StreamContext& stream, const StreamPiece& piece) const {
  // A keep-alive carries one byte that was sent before, with any value (RFC 9293, 3.8.4).
  const bool keep_alive = piece.size() == 1 && piece.offset + 1 == next_;
  if (keep_alive) {
    return;
  }
  StreamRange conflict = kept_.Compare(piece);
  if (tail_ != nullptr && piece.offset < next_) {
    conflict = Hull(tail_->Compare(piece.offset, piece.payload.bytes), conflict);
  }
  if (!conflict.empty()) {
    ++stream.counters.conflicts;
    ReportAnomaly(stream, AnomalyKind::kTcpOverlapConflict, conflict.begin, conflict.size());
  }
}

// The observer does not want the direction. Only the highest offset is followed, over holes as
// well, so that FIN and retransmissions are still recognised.
void TcpReassembler::CountUnwanted(const StreamContext& stream, StreamPiece piece) {
  CutDelivered(stream, piece);
  if (!piece.empty()) {
    stream.counters.Ignore(IgnoredReason::kUnwanted, piece.size());
    next_ = piece.end();
  }
}

// The loop ends: every round moves next_ or takes bytes off the piece.
void TcpReassembler::Reassemble(const StreamContext& stream, StreamPiece piece) {
  if (piece.offset > next_) {
    ++stream.counters.out_of_order_segments;
  }
  while (!piece.empty() && wanted_) {
    if (piece.offset == next_ && !held_) {
      DeliverFront(stream, piece);
    } else if (!Keep(stream, piece)) {
      OnMemoryLimit(stream, piece);
    }
    CutDelivered(stream, piece);
  }
  CountUnwanted(stream, piece);
}

// Delivers the piece up to the first kept byte, and then the kept bytes that follow it without a
// hole. The first copy counts, so the piece must not run over what is kept.
void TcpReassembler::DeliverFront(const StreamContext& stream, StreamPiece& piece) {
  const StreamPiece front = kept_.empty() ? piece : piece.First(kept_.begin() - piece.offset);
  piece.Advance(front.size());
  DeliverPiece(stream, front);
  Drain(stream);
}

// False when the memory did not hold all of it; the rest stays in the piece.
bool TcpReassembler::Keep(const StreamContext& stream, StreamPiece& piece) {
  if (kept_.empty() && fin_ == kNoFin) {
    progress_ns_ = stream.now_ns;
  }
  const SegmentListChange change = kept_.Add(stream.shared.segments, MaxBlocks(stream), piece);
  stream.counters.buffered_bytes += change.stored;
  CountRetransmitted(stream, change.known);
  if (change.missing != 0) {
    stream.counters.Ignore(IgnoredReason::kNotCaptured, change.missing);
  }
  UpdateMemoryCounters(stream);
  return piece.empty();
}

std::uint32_t TcpReassembler::MaxBlocks(const StreamContext& stream) {
  return static_cast<std::uint32_t>(std::min<std::size_t>(
      stream.shared.limits.max_stream_bytes / kSegmentBlockBytes, UINT32_MAX));
}

// Gives up the first hole: then the blocks behind it can be delivered and returned, or the piece
// itself is next and needs no block. Data of an unanswered SYN is dropped instead, because nothing
// may be delivered before OnFlowBegin. It is repeated or becomes a gap.
void TcpReassembler::OnMemoryLimit(const StreamContext& stream, StreamPiece& piece) {
  if (held_) {
    stream.counters.Ignore(IgnoredReason::kNoRoom, piece.size());
    piece.Advance(piece.size());
    return;
  }
  const bool own_limit = kept_.blocks() >= MaxBlocks(stream);
  ++(own_limit ? stream.counters.stream_limit_hits : stream.counters.total_limit_hits);
  const std::uint64_t end = std::min(HoleEnd(), piece.offset);
  ReportAnomaly(stream, AnomalyKind::kTcpStreamLimit, next_, end - next_);
  DeliverGap(stream, end - next_);
  Drain(stream);
}

void TcpReassembler::DeliverPiece(const StreamContext& stream, const StreamPiece& piece) {
  const std::uint64_t missing = piece.size() - piece.payload.bytes.size();
  if (!piece.payload.bytes.empty()) {
    Deliver(stream, piece.payload.bytes);
  }
  if (missing != 0) {
    stream.counters.Ignore(IgnoredReason::kNotCaptured, missing);
    if (wanted_) {
      DeliverGap(stream, missing);
    } else {
      next_ = std::max(next_, piece.end());
    }
  }
}

void TcpReassembler::Deliver(const StreamContext& stream, std::span<const std::byte> bytes) {
  // Moved before the call: if the observer wants no more, StopDelivery goes on from here.
  const std::uint64_t offset = next_;
  next_ += bytes.size();
  stream.counters.delivered_bytes += bytes.size();
  if (stream.observer.OnStreamData(stream.flow, stream.side, offset, bytes) ==
      StreamInterest::kNone) {
    StopDelivery(stream);
    return;
  }
  if (turn_ != Turn::kEnough) {
    KeepTail(stream, offset, bytes);
  }
}

void TcpReassembler::KeepTail(const StreamContext& stream, std::uint64_t offset,
                              std::span<const std::byte> bytes) {
  if (turn_ == Turn::kStarts) {
    if (tail_ == nullptr) {
      stream.shared.tails.Lend(&tail_);
    }
    if (tail_ != nullptr) {
      tail_->Restart(offset);
    }
  }
  if (tail_ != nullptr) {
    tail_->Append(offset, bytes);
  }
  turn_ = tail_ == nullptr || tail_->full() ? Turn::kEnough : Turn::kKeeps;
}

void TcpReassembler::DeliverGap(const StreamContext& stream, std::uint64_t size) {
  const std::uint64_t offset = next_;
  next_ += size;
  ++stream.counters.gaps;
  stream.counters.gap_bytes += size;
  ReportAnomaly(stream, AnomalyKind::kTcpGap, offset, size);
  if (stream.observer.OnStreamGap(stream.flow, stream.side, offset, size) ==
      StreamInterest::kNone) {
    StopDelivery(stream);
  }
}

// Delivers the kept blocks that are no longer behind a hole. Each block leaves the list before the
// observer is called, because StopDelivery clears the list; its memory stays ours until Return.
void TcpReassembler::Drain(const StreamContext& stream) {
  progress_ns_ = stream.now_ns;
  while (!kept_.empty() && kept_.begin() == next_) {
    SegmentBlock* block = kept_.PopFirst();
    if (block->missing) {
      DeliverGap(stream, block->size);
    } else {
      stream.counters.buffered_bytes -= block->size;
      Deliver(stream, std::span(block->data).first(block->size));
    }
    stream.shared.segments.Return(block);
    UpdateMemoryCounters(stream);
  }
}

void TcpReassembler::GiveUpHole(const StreamContext& stream) {
  DeliverGap(stream, HoleEnd() - next_);
  Drain(stream);
  EndIfReached(stream);
}

// The observer wants no more of this direction. next_ jumps over everything seen so far, so that
// later copies count as retransmitted and not as unwanted.
void TcpReassembler::StopDelivery(const StreamContext& stream) {
  next_ = std::max(next_, fin_ != kNoFin ? fin_ : highest_offset());
  wanted_ = false;
  const std::uint64_t bytes = kept_.Clear(stream.shared.segments);
  if (bytes != 0) {
    stream.counters.buffered_bytes -= bytes;
    stream.counters.Ignore(IgnoredReason::kUnwanted, bytes);
  }
  UpdateMemoryCounters(stream);
  stream.shared.tails.Return(&tail_);
}

void TcpReassembler::EndIfReached(const StreamContext& stream) {
  if (next_ == fin_ && !ended_ && !held_) {
    ended_ = true;
    stream.observer.OnStreamEnd(stream.flow, stream.side);
  }
}

void TcpReassembler::CheckHoles(const StreamContext& stream, HoleCheck reason, bool closing) {
  AdvanceAckMark(stream, reason);
  while (waiting() && HoleEnd() <= overdue_below_) {
    GiveUpHole(stream);
  }
  if (waiting() && stream.now_ns - progress_ns_ >= HoleTimeoutNs(closing)) {
    GiveUpHole(stream);
  }
}

// Two marks stand in for a time per acknowledgement. A wait begins with what is acknowledged then;
// when it is over, holes below that offset are overdue, and the next wait begins. So a hole is
// given up after one wait at least and two at most, whatever acknowledgements come meanwhile.
void TcpReassembler::AdvanceAckMark(const StreamContext& stream, HoleCheck reason) {
  if (acked_ <= next_) {
    return;
  }
  if (mark_ack_ > next_) {
    if (reason == HoleCheck::kPacket && mark_packets_ < kAckedHolePackets) {
      ++mark_packets_;
    }
    const std::uint64_t enough_ns =
        mark_packets_ < kAckedHolePackets ? kAckedHoleNs : kAckedHoleMinNs;
    if (stream.now_ns - mark_ns_ < enough_ns) {
      return;
    }
    overdue_below_ = mark_ack_;
  }
  mark_ack_ = acked_;
  mark_ns_ = stream.now_ns;
  mark_packets_ = 0;
}

std::uint64_t TcpReassembler::HoleTimeoutNs(bool closing) const {
  if (closing) {
    return kClosingHoleNs;
  }
  return acks_seen_ ? kUnackedHoleNs : kIdleHoleNs;
}

void TcpReassembler::Finish(const StreamContext& stream) {
  held_ = false;
  Drain(stream);
  while (!kept_.empty()) {
    GiveUpHole(stream);
  }
  if (wanted_ && TrailingEnd() > next_) {
    DeliverGap(stream, TrailingEnd() - next_);
  }
  EndIfReached(stream);
  stream.shared.tails.Return(&tail_);
}

// How far the stream is known to have gone. One acknowledged byte behind everything seen is most
// likely a FIN that was not captured, which is no byte of the stream.
std::uint64_t TcpReassembler::TrailingEnd() const {
  if (fin_ != kNoFin) {
    return fin_;
  }
  return acked_ > next_ + 1 ? acked_ : next_;
}

}  // namespace wirehound
