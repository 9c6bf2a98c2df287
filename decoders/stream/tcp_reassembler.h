// SPDX-License-Identifier: Apache-2.0

// TcpReassembler: one direction of a TCP connection. It takes segments in any order and delivers
// bytes in order. In-order segments are delivered straight from the packet; what waits behind a
// hole is copied into pooled blocks. Addresses, handshakes and timeouts are the flow table's
// business. Dispatch thread.
//
// The observer gets every byte of the stream once, in order, as data or as part of a gap (RFC 9293,
// 3.4). The first copy of a byte counts; a later copy that differs is an anomaly.
//
// A hole is a place whose bytes may still come. It becomes a gap when the reassembler gives it up.

#pragma once

#include <cstddef>
#include <cstdint>

#include "decoders/core/captured_bytes.h"
#include "decoders/stream/delivered_tail.h"
#include "decoders/stream/flow.h"
#include "decoders/stream/flow_counters.h"
#include "decoders/stream/flow_limits.h"
#include "decoders/stream/segment_list.h"
#include "decoders/stream/stream_piece.h"

namespace wirehound {

/// How far from the next expected byte a segment may be, in both directions, in bytes: no window is
/// larger (RFC 7323, 2.3). A segment beyond it is ignored.
inline constexpr std::int32_t kMaxSegmentDistance = 1 << 30;

/// When the receiver acknowledges a hole, it has the bytes and only the capture missed them.
/// Packets may be captured out of order, and an acknowledgement before the bytes it acknowledges.
/// So the hole is given up only kAckedHolePackets packets of the connection and kAckedHoleMinNs
/// later, or kAckedHoleNs later.
inline constexpr std::uint8_t kAckedHolePackets = 16;
inline constexpr std::uint64_t kAckedHoleMinNs = kSecondNs / 500;
inline constexpr std::uint64_t kAckedHoleNs = kSecondNs;
/// How long a hole may stay without progress when no acknowledgements are seen.
inline constexpr std::uint64_t kIdleHoleNs = 5 * kSecondNs;
/// The same when acknowledgements are seen and stop at the hole. Then the receiver misses the bytes
/// as well, and the sender repeats them, after up to a minute of backing off (RFC 6298, 2.5).
inline constexpr std::uint64_t kUnackedHoleNs = 60 * kSecondNs;
/// The same once both sides have sent FIN.
inline constexpr std::uint64_t kClosingHoleNs = kSecondNs;

/// The limits and pools that all directions of a flow table share.
struct StreamShared {
  explicit StreamShared(const FlowLimits& flow_limits)
      : limits(flow_limits),
        segments(flow_limits.max_total_bytes / kSegmentBlockBytes),
        tails(flow_limits.max_tail_bytes) {}

  const FlowLimits limits;
  SegmentPool segments;
  TailPool tails;
};

/// The flow and side that a call is about, and where its results go. Lives for one call.
struct StreamContext {
  StreamShared& shared;
  StreamCounters& counters;
  FlowObserver& observer;
  FlowInfo& flow;
  FlowSide side;
  std::uint64_t now_ns;  ///< the latest time seen; never steps back
};

/// Why TcpReassembler::CheckHoles is called: for a packet of the connection, or by a timer.
enum class HoleCheck : std::uint8_t { kPacket, kTime };

/// Plain data, so that a flow entry can be used again by assignment. Finish gives its memory back.
/// From the first segment to Finish it must stay at its address: the tail pool keeps that.
class TcpReassembler {
 public:
  /// The stream starts with the byte of this sequence number, at offset 0. Bytes in front of it
  /// are ignored.
  void Start(std::uint32_t sequence);
  /// Starts over and forgets the held data. Only while nothing has been delivered.
  void Restart(const StreamContext& stream, std::uint32_t sequence);
  bool started() const { return started_; }
  /// The sequence number of offset 0.
  std::uint32_t start_sequence() const { return start_sequence_; }

  /// From now on, and until Release, data is kept and not delivered.
  void Hold() { held_ = true; }
  void Release(const StreamContext& stream);

  /// The observer wants the direction after all: bytes from here on are delivered again.
  void Resume() { wanted_ = true; }

  /// The other side has sent data since: the next bytes are the start of a new message, which is
  /// kept for comparing (DeliveredTail).
  void StartTurn() { turn_ = Turn::kStarts; }

  /// Takes a segment without SYN and RST. A direction that was not started starts with the first
  /// segment that has payload or FIN. `sequence` is the number of the first byte of payload.
  void OnSegment(const StreamContext& stream, std::uint32_t sequence, CapturedBytes payload,
                 bool fin);

  /// The other side acknowledged everything before `acknowledged`.
  void OnAck(std::uint32_t acknowledged) {
    const std::int32_t distance = DistanceOf(acknowledged);
    acks_seen_ = true;
    if (distance > 0) {
      NoteAckAhead(distance);
    }
  }

  /// Gives up holes that are due. Call it while may_have_hole(): with kPacket for every packet of
  /// the connection, in either direction, and every kExpireIntervalNs with kTime. `closing`: both
  /// sides have sent FIN.
  void CheckHoles(const StreamContext& stream, HoleCheck reason, bool closing);

  /// Delivers everything that still waits, with the gaps in between, and gives all memory back.
  /// Call it exactly once, at the end of the connection.
  void Finish(const StreamContext& stream);

  /// FIN was reached in order.
  bool ended() const { return ended_; }
  /// FIN was seen, perhaps behind a hole.
  bool fin_seen() const { return fin_ != kNoFin; }
  /// Something waits behind a hole.
  bool waiting() const {
    return (!kept_.empty() || fin_ != kNoFin) && wanted_ && !ended_ && !held_;
  }
  /// There is a hole, or acknowledgements say that there may be one: CheckHoles has work to do.
  bool may_have_hole() const { return waiting() || (acked_ > next_ && wanted_); }

  /// How far `sequence` is from the next byte expected; negative when it is behind.
  std::int32_t DistanceOf(std::uint32_t sequence) const {
    return static_cast<std::int32_t>(sequence - start_sequence_ -
                                     static_cast<std::uint32_t>(next_));
  }
  /// Bytes delivered so far, gaps included.
  std::uint64_t next_offset() const { return next_; }
  /// The offset behind the last byte that was delivered or waits.
  std::uint64_t highest_offset() const { return kept_.empty() ? next_ : kept_.end(); }

 private:
  static constexpr std::uint64_t kNoFin = ~std::uint64_t{0};

  /// Whether delivered bytes are kept for comparing.
  enum class Turn : std::uint8_t { kStarts, kKeeps, kEnough };

  /// Nothing waits and nothing is special: the next expected bytes can be delivered at once.
  bool InOrder() const { return kept_.empty() && fin_ == kNoFin && wanted_ && !held_; }

  void NoteAckAhead(std::int32_t distance);
  void OnPayload(const StreamContext& stream, std::int32_t distance, CapturedBytes payload);
  void OnFin(const StreamContext& stream, std::int64_t offset);

  // Each cuts bytes that are not delivered off a piece, and counts them.
  static StreamPiece CutBeforeStart(const StreamContext& stream, std::int64_t offset,
                                    CapturedBytes payload);
  void CutBehindFin(const StreamContext& stream, StreamPiece& piece) const;
  void CutDelivered(const StreamContext& stream, StreamPiece& piece) const;

  void CompareWithKnown(const StreamContext& stream, const StreamPiece& piece) const;
  void CountUnwanted(const StreamContext& stream, StreamPiece piece);
  void Reassemble(const StreamContext& stream, StreamPiece piece);
  void DeliverFront(const StreamContext& stream, StreamPiece& piece);
  bool Keep(const StreamContext& stream, StreamPiece& piece);
  void OnMemoryLimit(const StreamContext& stream, StreamPiece& piece);
  static std::uint32_t MaxBlocks(const StreamContext& stream);

  void DeliverPiece(const StreamContext& stream, const StreamPiece& piece);
  void Deliver(const StreamContext& stream, std::span<const std::byte> bytes);
  void KeepTail(const StreamContext& stream, std::uint64_t offset,
                std::span<const std::byte> bytes);
  void DeliverGap(const StreamContext& stream, std::uint64_t size);
  void Drain(const StreamContext& stream);
  void GiveUpHole(const StreamContext& stream);
  void StopDelivery(const StreamContext& stream);
  void EndIfReached(const StreamContext& stream);

  void AdvanceAckMark(const StreamContext& stream, HoleCheck reason);
  std::uint64_t HoleEnd() const { return kept_.empty() ? fin_ : kept_.begin(); }
  std::uint64_t TrailingEnd() const;
  std::uint64_t HoleTimeoutNs(bool closing) const;

  SegmentList kept_;               ///< what waits behind a hole
  DeliveredTail* tail_ = nullptr;  ///< null when the pool has lent none
  std::uint64_t next_ = 0;         ///< offset of the next byte to deliver
  std::uint64_t fin_ = kNoFin;     ///< offset of the FIN
  std::uint64_t acked_ = 0;        ///< the highest offset acknowledged, when it is above next_
  /// Everything below this offset was acknowledged long enough ago: a hole there is given up.
  std::uint64_t overdue_below_ = 0;
  /// `acked_` as it was when the current wait began. No wait is running unless it is above next_.
  std::uint64_t mark_ack_ = 0;
  std::uint64_t mark_ns_ = 0;
  std::uint64_t progress_ns_ = 0;  ///< when next_ last moved, or the waiting began
  std::uint32_t start_sequence_ = 0;
  std::uint8_t mark_packets_ = 0;
  Turn turn_ = Turn::kStarts;
  bool started_ = false;
  bool wanted_ = true;
  bool held_ = false;
  bool ended_ = false;
  bool acks_seen_ = false;
};

}  // namespace wirehound
