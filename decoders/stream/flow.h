// SPDX-License-Identifier: Apache-2.0

// Flow: one TCP connection as the flow table follows it, and the calls an observer gets about it.
// The flow table owns flows; others hold a reference for the time of a call. Dispatch thread.

#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <span>

#include <wirehound/abi/messages.h>

#include "decoders/core/anomaly.h"

namespace wirehound {

/// A direction of a connection, by its sender. The initiator sent the first SYN. If no SYN was
/// seen, it is the sender of the first packet, until a SYN+ACK corrects that.
enum class FlowSide : std::uint8_t { kInitiator = 0, kResponder = 1 };

constexpr FlowSide Opposite(FlowSide side) {
  return side == FlowSide::kInitiator ? FlowSide::kResponder : FlowSide::kInitiator;
}

/// How a connection ended, in the words of net_flow_tcp_end.
enum class FlowEnd : std::uint8_t {
  kFin,       ///< both sides closed
  kReset,     ///< RST by either side
  kTimeout,   ///< no segment for longer than the limits allow
  kReplaced,  ///< a new connection took over its addresses and ports
  kEvicted,   ///< the table was full and this was the longest idle
  kShutdown,  ///< the capture ended first
};

struct FlowEndpoint {
  wirehound_address address{};
  std::uint16_t port = 0;
};

/// The owner of a segment, as its record had it. The flow table only hands the numbers on.
struct SegmentOwner {
  std::uint64_t id = 0;  ///< 0 when not known
  std::uint8_t source = 0;
};

/// What one side sent.
struct FlowCounters {
  std::uint64_t packets = 0;
  std::uint64_t bytes = 0;          ///< IP packets with their headers
  std::uint64_t payload_bytes = 0;  ///< TCP payload on the wire, retransmissions included
  std::uint64_t retransmitted_bytes = 0;
};

/// What observers get to know of a connection.
struct FlowInfo {
  std::uint64_t id = 0;  ///< from 1, in the order of first packets
  std::uint64_t first_ns = 0;
  std::uint64_t last_ns = 0;
  std::array<FlowEndpoint, 2> endpoints;  ///< by FlowSide
  /// Where its packets were seen: the same addresses and ports in another one are another flow.
  std::uint64_t network_namespace = 0;
  std::uint64_t owner_id = 0;  ///< of the last segment that had one
  /// Which side is this host, WIREHOUND_DIRECTION_*: INGRESS when the initiator is remote, EGRESS
  /// when it is local, UNKNOWN from files.
  std::uint8_t direction = WIREHOUND_DIRECTION_UNKNOWN;
  std::uint8_t owner_source = 0;  ///< of the segment that owner_id is of
  bool handshake_seen = false;    ///< OnFlowBegin was called
  bool reset_by_initiator = false;
  bool reset_by_responder = false;
  bool has_gap = false;                  ///< wanted bytes of either direction were never captured
  std::array<FlowCounters, 2> counters;  ///< by FlowSide
  /// For the observer: it may keep a handle here from the first call on. It must release what the
  /// handle stands for in OnFlowEnd, which comes exactly once for every flow.
  void* application = nullptr;

  const FlowEndpoint& endpoint(FlowSide side) const {
    return endpoints[static_cast<std::size_t>(side)];
  }
  const FlowCounters& counter(FlowSide side) const {
    return counters[static_cast<std::size_t>(side)];
  }
};

/// Whether the observer wants to see more of a direction's bytes.
enum class StreamInterest : std::uint8_t {
  kMore,
  kNone,  ///< from now on the direction is only counted, and nothing buffered (FlowTable::Resume)
};

/// Gets the calls about flows while the flow table takes a segment. References and bytes are valid
/// until the call returns. One virtual call per segment with payload, none for packets without.
/// Must not call the flow table.
///
/// For a flow that was picked up midway, neither OnFlowAttempt nor OnFlowBegin comes; for one whose
/// SYN was not captured, only OnFlowBegin. Data of a SYN waits for the answer. If no answer comes
/// it is delivered right before OnFlowEnd, without OnFlowBegin.
class FlowObserver {
 public:
  virtual ~FlowObserver() = default;

  /// The handshake was answered (SYN+ACK after SYN). Once per flow at most, before any data.
  virtual void OnFlowBegin(FlowInfo& flow) = 0;

  /// The first SYN of a connection, answered or not.
  virtual void OnFlowAttempt(FlowInfo& flow) = 0;

  /// The next bytes of a direction, in order, each exactly once. `offset` counts from the first
  /// byte of the stream (behind the SYN, or the first byte seen when it was picked up midway).
  virtual StreamInterest OnStreamData(FlowInfo& flow, FlowSide side, std::uint64_t offset,
                                      std::span<const std::byte> bytes) = 0;

  /// `size` bytes at `offset` will never come; what follows is behind them.
  virtual StreamInterest OnStreamGap(FlowInfo& flow, FlowSide side, std::uint64_t offset,
                                     std::uint64_t size) = 0;

  /// The direction has ended with FIN, and all of its bytes were delivered before. Also called for
  /// directions the observer does not want.
  virtual void OnStreamEnd(FlowInfo& flow, FlowSide side) = 0;

  /// An anomaly of the stream. A gap comes here and through OnStreamGap.
  virtual void OnStreamAnomaly(FlowInfo& flow, FlowSide side, const Anomaly& anomaly) = 0;

  /// The flow is over; `how` is the reason. Directions that did not end with FIN just stop. No more
  /// calls come for this flow.
  virtual void OnFlowEnd(FlowInfo& flow, FlowEnd how) = 0;
};

}  // namespace wirehound
