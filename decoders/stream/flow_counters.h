// SPDX-License-Identifier: Apache-2.0

// Counters of a flow table, for the ledger. Plain data; dispatch thread.
//
// Invariant: every payload byte the table took is in exactly one place,
// payload_bytes == delivered_bytes + retransmitted_bytes + the bytes of ignored + buffered_bytes.

#pragma once

#include <array>
#include <cstddef>
#include <cstdint>

#include "decoders/stream/flow.h"

namespace wirehound {

/// Why a segment, or bytes of it, were not delivered.
enum class IgnoredReason : std::uint8_t {
  kOutsideWindow,     ///< too far from what is expected to belong to this connection
  kBeforeStart,       ///< in front of where the stream was picked up
  kAfterFin,          ///< behind the end of the stream
  kNotCaptured,       ///< on the wire, but the capture cut the packet short
  kUnwanted,          ///< the observer has no interest in the direction
  kNoRoom,            ///< data of an unanswered SYN, when no memory was left
  kLingering,         ///< the connection had already ended
  kWithoutAck,        ///< neither SYN, RST nor ACK: no receiver takes it (RFC 9293, 3.10.7.4)
  kUnexpectedSyn,     ///< a SYN that does not fit the open connection, or data that only fits it
  kImplausibleReset,  ///< a RST whose numbers do not fit
  kStrayReset,        ///< a RST of no known connection
  kResetPayload,      ///< what a RST carried
};
inline constexpr std::size_t kIgnoredReasonCount =
    static_cast<std::size_t>(IgnoredReason::kResetPayload) + 1;

struct IgnoredCount {
  std::uint64_t segments = 0;  ///< times: a segment, or a part of one
  std::uint64_t bytes = 0;     ///< payload
};

struct StreamCounters {
  std::uint64_t payload_bytes = 0;                        ///< of all segments, as on the wire
  std::uint64_t delivered_bytes = 0;                      ///< given to the observer
  std::uint64_t retransmitted_bytes = 0;                  ///< seen before: delivered or waiting
  std::uint64_t buffered_bytes = 0;                       ///< waiting now
  std::array<IgnoredCount, kIgnoredReasonCount> ignored;  ///< by IgnoredReason
  std::uint64_t out_of_order_segments = 0;
  std::uint64_t gaps = 0;
  std::uint64_t gap_bytes = 0;
  std::uint64_t conflicts = 0;
  std::uint64_t stream_limit_hits = 0;    ///< holes given up for FlowLimits::max_stream_bytes
  std::uint64_t total_limit_hits = 0;     ///< and for max_total_bytes
  std::uint64_t buffer_memory_bytes = 0;  ///< what buffered_bytes costs, in whole blocks
  std::uint64_t peak_buffer_memory_bytes = 0;

  void Ignore(IgnoredReason reason, std::uint64_t bytes) {
    IgnoredCount& count = ignored[static_cast<std::size_t>(reason)];
    ++count.segments;
    count.bytes += bytes;
  }
  const IgnoredCount& of(IgnoredReason reason) const {
    return ignored[static_cast<std::size_t>(reason)];
  }
  std::uint64_t ignored_bytes() const {
    std::uint64_t sum = 0;
    for (const IgnoredCount& count : ignored) {
      sum += count.bytes;
    }
    return sum;
  }
};

inline constexpr std::size_t kFlowEndCount = static_cast<std::size_t>(FlowEnd::kShutdown) + 1;

struct FlowTableCounters {
  std::uint64_t segments = 0;
  std::uint64_t flows_created = 0;
  std::uint64_t flows_begun = 0;                           ///< handshake answered
  std::array<std::uint64_t, kFlowEndCount> flows_ended{};  ///< by FlowEnd
  /// Ended connections forgotten before FlowLimits::linger_ns, because the table was full.
  std::uint64_t lingering_evicted = 0;
  StreamCounters streams;

  std::uint64_t ended(FlowEnd how) const { return flows_ended[static_cast<std::size_t>(how)]; }
};

}  // namespace wirehound
