// SPDX-License-Identifier: Apache-2.0

// FlowTable: takes TCP segments and gives a FlowObserver connections and their bytes in order. It
// finds the flow of a segment, follows handshakes and closings, ends idle flows, and leaves the
// bytes to TcpReassembler. It reads no clock: time is what segments and Expire say. It knows no
// protocol on top of TCP. Dispatch thread.
//
// The same segments cause the same calls, whatever the hash seed. OnFlowEnd comes exactly once for
// every flow.

#pragma once

#include <array>
#include <cstddef>
#include <cstdint>

#include <wirehound/abi/messages.h>

#include "base/hash_index.h"
#include "base/intrusive_list.h"
#include "base/pool.h"
#include "base/random_seed.h"
#include "decoders/core/captured_bytes.h"
#include "decoders/stream/flow.h"
#include "decoders/stream/flow_counters.h"
#include "decoders/stream/flow_entry.h"
#include "decoders/stream/flow_hasher.h"
#include "decoders/stream/flow_limits.h"
#include "decoders/stream/tcp_reassembler.h"

namespace wirehound {

/// How far, in bytes, the number of a RST may be before the next expected byte, and after the last
/// byte seen. A blind guess hits this range once in 4,000 times. RFC 5961, 3.1, has the exact rule,
/// which needs to know what the receiver has.
inline constexpr std::int64_t kResetBehindBytes = std::int64_t{64} * 1024;
inline constexpr std::int64_t kResetAheadBytes = std::int64_t{1024} * 1024;

/// How often, at most, Expire looks for what is due.
inline constexpr std::uint64_t kExpireIntervalNs = kSecondNs / 4;

/// One TCP segment. Borrows everything for the time of a call.
struct Segment {
  const wirehound_packet_metadata& metadata;
  const wirehound_tcp& tcp;
  CapturedBytes payload;
  std::uint64_t timestamp_ns = 0;
  std::uint64_t network_namespace = 0;  ///< part of what tells connections apart; 0 when unknown
  SegmentOwner owner = {};
};

class FlowTable {
 public:
  /// `observer` must outlive the table and must not call it. `seed` keys the hash; RandomSeed()
  /// outside of tests.
  FlowTable(const FlowLimits& limits, FlowObserver& observer, std::uint64_t seed = RandomSeed());

  FlowTable(const FlowTable&) = delete;
  FlowTable& operator=(const FlowTable&) = delete;

  /// Takes a segment: calls Expire with its timestamp, finds or creates its flow, and calls the
  /// observer. Timestamps may step back: times are measured from the latest one seen.
  void OnSegment(const Segment& segment);

  /// Ends flows that have been idle for too long and gives up holes that are due. Cheap. Call it
  /// now and then when no segments come.
  void Expire(std::uint64_t now_ns);

  /// The observer now wants flows for which it keeps no handle (FlowInfo::application): their next
  /// data is delivered, also in directions it had wanted nothing of. Walks over all flows.
  void Resume();

  /// Ends all flows, in the order of their ids. The table is empty afterwards and can go on.
  void Shutdown();

  const FlowTableCounters& counters() const { return counters_; }
  /// Connections that have not ended.
  std::size_t open_flows() const { return half_open_.size() + open_.size(); }

 private:
  using AgeList = IntrusiveList<FlowEntry, &FlowEntry::age>;
  using WaitList = IntrusiveList<FlowEntry, &FlowEntry::wait>;

  struct Found {
    FlowEntry* flow;
    FlowSide sender;
  };

  Found FindFlow(const Segment& segment, std::uint32_t hash);
  Found CreateFlow(const Segment& segment, std::uint32_t hash);
  FlowEntry& TakeEntry();
  void EvictOne();
  Found ReplaceFlow(FlowEntry& old, const Segment& segment, std::uint32_t hash);

  // In flow_handshake.cc: SYN, RST, and what else decides about a connection as a whole.
  bool BeginsNewFlow(FlowEntry& flow, FlowSide sender, const Segment& segment) const;
  bool SynBeginsNewFlow(const FlowEntry& flow, FlowSide sender) const;
  bool SynAckBeginsNewFlow(FlowEntry& flow, FlowSide sender, const wirehound_tcp& tcp) const;
  bool LooksAbandoned(const FlowEntry& flow) const;
  void OnFlowSegment(FlowEntry& flow, FlowSide sender, const Segment& segment);
  bool OnSyn(FlowEntry& flow, FlowSide sender, const wirehound_tcp& tcp);
  bool OnSynAck(FlowEntry& flow, FlowSide& sender, const wirehound_tcp& tcp);
  bool OnAnswer(FlowEntry& flow, FlowSide sender, const wirehound_tcp& tcp);
  void OnFirstSyn(FlowEntry& flow, std::uint32_t sequence);
  void OnHandshakeAck(FlowEntry& flow, FlowSide sender, const Segment& segment);
  void OnReset(FlowEntry& flow, FlowSide sender, const Segment& segment);
  void Begin(FlowEntry& flow);

  void Reassemble(FlowEntry& flow, FlowSide sender, const Segment& segment);
  void UpdateAfterStreams(FlowEntry& flow, HoleCheck reason);
  void SetWaiting(FlowEntry& flow, bool waits);

  void CountPacket(FlowEntry& flow, FlowSide sender, const Segment& segment);
  void SetState(FlowEntry& flow, FlowState state);
  void End(FlowEntry& flow, FlowEnd how);
  void RemoveEntry(FlowEntry& flow);
  void ExpireDue();
  void EndIdle(AgeList& list, std::uint64_t timeout_ns);
  void Ignore(IgnoredReason reason, const Segment& segment) {
    counters_.streams.Ignore(reason, segment.payload.wire_size);
  }

  AgeList& ListOf(FlowState state);
  StreamContext Context(FlowEntry& flow, FlowSide side) {
    return {shared_, counters_.streams, observer_, flow.info, side, now_ns_};
  }

  FlowObserver& observer_;
  FlowTableCounters counters_;
  StreamShared shared_;
  FlowHasher hasher_;
  HashIndex index_;
  Pool<FlowEntry> pool_;
  // Every entry is in one of these, the longest idle first.
  AgeList half_open_;  ///< kSyn, kAnswered, kPickedUp
  AgeList open_;       ///< kOpen
  AgeList lingering_;  ///< kEnded, the longest ended first
  WaitList waiting_;   ///< those with a hole
  std::uint64_t now_ns_ = 0;
  std::uint64_t last_expire_ns_ = 0;
  std::uint64_t last_id_ = 0;
};

}  // namespace wirehound
