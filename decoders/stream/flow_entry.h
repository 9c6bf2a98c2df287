// SPDX-License-Identifier: Apache-2.0

// FlowEntry: what the flow table keeps of a connection. Entries come from a pool and stand in
// lists. Nothing here decides anything. Dispatch thread.

#pragma once

#include <array>
#include <cstddef>
#include <cstdint>

#include "base/intrusive_list.h"
#include "decoders/stream/flow.h"
#include "decoders/stream/tcp_reassembler.h"

namespace wirehound {

enum class FlowState : std::uint8_t {
  kNew,       ///< the table is taking its first segment
  kSyn,       ///< SYN seen, no answer yet
  kAnswered,  ///< SYN+ACK seen, nothing more from the initiator
  kPickedUp,  ///< midway, only acknowledgements of one side seen
  kOpen,
  kEnded,  ///< OnFlowEnd was called; remembered for a while so that late packets are known
};

/// Stays at its address while the flow lives: lists and the tail pool point into it.
struct FlowEntry {
  FlowInfo info;
  std::array<TcpReassembler, 2> streams;  ///< by FlowSide
  std::uint64_t active_ns = 0;            ///< the time of the table when it last saw a segment
  ListLink<FlowEntry> age{};              ///< in one of the lists by age
  ListLink<FlowEntry> wait{};             ///< in the list of flows with a hole
  std::uint32_t hash = 0;
  std::uint32_t number = 0;
  /// Of a SYN that does not fit the flow and is not confirmed yet: the sequence number after it.
  std::uint32_t unconfirmed_sequence = 0;
  FlowSide unconfirmed_side = FlowSide::kInitiator;
  FlowSide last_sender = FlowSide::kInitiator;  ///< the side that sent data last
  bool has_unconfirmed_syn = false;
  bool waits = false;
  FlowState state = FlowState::kNew;

  TcpReassembler& stream(FlowSide side) { return streams[static_cast<std::size_t>(side)]; }
};

}  // namespace wirehound
