// SPDX-License-Identifier: Apache-2.0

// TcpReassembler: one direction of a TCP connection, segments in, bytes in order out. In-order
// segments are told straight from the packet; what waits behind a hole is copied into pooled
// blocks. Knows nothing of addresses, handshakes and timeouts: that is the flow table's.
// Dispatch thread.
//
// Every byte of the stream is told once, as data or as part of a gap, in order (RFC 9293, 3.4).
// What a place holds is what came first; a later copy that differs is an anomaly.

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

/// How far from the next expected byte a segment may be, in both directions: no window is larger
/// (RFC 7323, 2.3). Beyond it a segment is ignored.
inline constexpr std::int32_t kMaxSegmentDistance = 1 << 30;

/// A hole that the receiver has acknowledged was not captured. It is given up when so many further
/// packets of the connection have passed since the acknowledgement and a little time, or a lot of
/// time: packets may be captured out of order, and acknowledgements before what they acknowledge.
inline constexpr std::uint8_t kAckedHolePackets = 16;
inline constexpr std::uint64_t kAckedHoleMinNs = kSecondNs / 500;
inline constexpr std::uint64_t kAckedHoleNs = kSecondNs;
/// How long a hole with nothing new in front of it is waited for when no acknowledgements are seen.
inline constexpr std::uint64_t kIdleHoleNs = 5 * kSecondNs;
/// The same when there are some and they stop at the hole: the receiver misses the bytes as well,
/// and the sender will repeat them, if only after a minute of backing off (RFC 6298, 2.5).
inline constexpr std::uint64_t kUnackedHoleNs = 60 * kSecondNs;
/// The same once both sides have sent FIN.
inline constexpr std::uint64_t kClosingHoleNs = kSecondNs;

/// What all directions share. One per flow table.
struct StreamShared {
  explicit StreamShared(const FlowLimits& flow_limits)
      : limits(flow_limits),
        segments(flow_limits.max_total_bytes / kSegmentBlockBytes),
        tails(flow_limits.max_tail_bytes) {}

  const FlowLimits limits;
  SegmentPool segments;
  TailPool tails;
};

/// Whose bytes these are and who is told. For the time of a call.
struct StreamContext {
  StreamShared& shared;
  StreamCounters& counters;
  FlowObserver& observer;
  FlowInfo& flow;
  FlowSide side;
  std::uint64_t now_ns;  ///< the latest time seen; never steps back
};

/// What TcpReassembler::CheckHoles is called for.
enum class HoleCheck : std::uint8_t { kPacket, kTime };

/// Plain data, so that flows can be recycled by assignment; the memory it holds goes back in
/// Finish. Must stay where it is from the first segment until then.
class TcpReassembler {
 public:
  /// The stream starts with the byte of this sequence number, at offset 0. Bytes in front of it
  /// are ignored.
  void Start(std::uint32_t sequence);
  /// Starts over, forgetting what was held; for as long as nothing has been told.
  void Restart(const StreamContext& stream, std::uint32_t sequence);
  bool started() const { return started_; }
  /// The sequence number of offset 0.
  std::uint32_t start_sequence() const { return start_sequence_; }

  /// From now on, and until Release, data is kept but not told.
  void Hold() { held_ = true; }
  void Release(const StreamContext& stream);

  /// The observer wants the direction after all: what comes from here on is told again.
  void Resume() { wanted_ = true; }

  /// The other side has had its say: what comes next is the start of something new, kept for
  /// comparing (DeliveredTail).
  void StartTurn() { turn_ = Turn::kStarts; }

  /// Takes in a segment (without SYN and RST). A direction that was not started starts with the
  /// first one that has payload or FIN. `sequence` is that of the first byte of payload.
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

  /// Gives up holes that are due. Call it while may_have_hole(): for every packet of the
  /// connection, either direction, and now and then with kTime. `closing` when both sides have sent
  /// FIN.
  void CheckHoles(const StreamContext& stream, HoleCheck reason, bool closing);

  /// Tells everything that still waits, behind its gaps, and gives all memory back. To be called
  /// exactly once, at the end of the connection.
  void Finish(const StreamContext& stream);

  /// FIN was reached in order.
  bool ended() const { return ended_; }
  /// FIN was seen, perhaps behind a hole.
  bool fin_seen() const { return fin_ != kNoFin; }
  /// Something waits behind a hole.
  bool waiting() const {
    return (!kept_.empty() || fin_ != kNoFin) && wanted_ && !ended_ && !held_;
  }
  /// There is, or may turn out to be, a hole that Settle has to look after.
  bool may_have_hole() const { return waiting() || (acked_ > next_ && wanted_); }

  /// How far `sequence` is from the next byte expected; negative when it is behind.
  std::int32_t DistanceOf(std::uint32_t sequence) const {
    return static_cast<std::int32_t>(sequence - start_sequence_ -
                                     static_cast<std::uint32_t>(next_));
  }
  /// Bytes told so far, gaps included.
  std::uint64_t next_offset() const { return next_; }
  /// The offset behind the last byte that was told or waits.
  std::uint64_t highest_offset() const { return kept_.empty() ? next_ : kept_.end(); }

 private:
  static constexpr std::uint64_t kNoFin = ~std::uint64_t{0};

  /// Whether what is told is kept for comparing.
  enum class Turn : std::uint8_t { kStarts, kKeeps, kEnough };

  /// Nothing waits and nothing is special: what is expected next can be told at once.
  bool InOrder() const { return kept_.empty() && fin_ == kNoFin && wanted_ && !held_; }

  void NoteAckAhead(std::int32_t distance);
  void OnPayload(const StreamContext& stream, std::int32_t distance, CapturedBytes payload);
  void OnFin(const StreamContext& stream, std::int64_t offset);

  // Each takes bytes that go no further off a piece, and counts them.
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
  DeliveredTail* tail_ = nullptr;  ///< null when none is lent to us
  std::uint64_t next_ = 0;         ///< offset of the next byte to tell
  std::uint64_t fin_ = kNoFin;     ///< offset of the FIN
  std::uint64_t acked_ = 0;        ///< the highest offset acknowledged, when it is above next_
  /// Everything below was acknowledged long enough ago: a hole there is given up at once.
  std::uint64_t overdue_below_ = 0;
  /// What was acknowledged when the current wait began; there is none unless it is above next_.
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
