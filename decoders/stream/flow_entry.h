// SPDX-License-Identifier: Apache-2.0

// FlowEntry: what the flow table keeps of a connection, with the pool that entries come from and
// the lists that they stand in. Nothing here decides anything. Dispatch thread.

#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <vector>

#include "decoders/stream/flow.h"
#include "decoders/stream/tcp_reassembler.h"

namespace wirehound {

enum class FlowState : std::uint8_t {
  kNew,       ///< its first segment is being looked at
  kSyn,       ///< SYN seen, no answer yet
  kAnswered,  ///< SYN+ACK seen, nothing more from the initiator
  kPickedUp,  ///< begun midway, nothing seen but acknowledgements of one side
  kOpen,
  kEnded,  ///< OnFlowEnd was called; remembered for a while so that late packets are known
};

struct FlowEntry;

struct FlowLink {
  FlowEntry* older = nullptr;
  FlowEntry* newer = nullptr;
};

/// Stays at its address from Take to Return.
struct FlowEntry {
  FlowInfo info;
  std::array<TcpReassembler, 2> streams;  ///< by FlowSide
  std::uint64_t active_ns = 0;            ///< the time of the table when it last saw a segment
  FlowLink age;                           ///< in one of the lists by age
  FlowLink wait;                          ///< in the list of those that wait for a hole
  std::uint32_t hash = 0;
  std::uint32_t number = 0;
  /// Of a SYN that does not fit the open connection: the sequence number behind it.
  std::uint32_t rival_sequence = 0;
  FlowSide rival_side = FlowSide::kInitiator;
  FlowSide speaker = FlowSide::kInitiator;  ///< who sent data last
  bool has_rival = false;
  bool waits = false;
  FlowState state = FlowState::kNew;

  TcpReassembler& stream(FlowSide side) { return streams[static_cast<std::size_t>(side)]; }
};

/// A list in the order of Append, oldest first.
template <FlowLink FlowEntry::*kLink>
class FlowList {
 public:
  FlowEntry* oldest() const { return oldest_; }
  std::size_t size() const { return size_; }

  static FlowEntry* NewerThan(const FlowEntry& flow) { return (flow.*kLink).newer; }

  void Append(FlowEntry& flow) {
    flow.*kLink = {newest_, nullptr};
    (newest_ == nullptr ? oldest_ : (newest_->*kLink).newer) = &flow;
    newest_ = &flow;
    ++size_;
  }

  void Remove(FlowEntry& flow) {
    const FlowLink link = flow.*kLink;
    (link.older == nullptr ? oldest_ : (link.older->*kLink).newer) = link.newer;
    (link.newer == nullptr ? newest_ : (link.newer->*kLink).older) = link.older;
    --size_;
  }

  void MoveToNewest(FlowEntry& flow) {
    if (newest_ != &flow) {
      Remove(flow);
      Append(flow);
    }
  }

 private:
  FlowEntry* oldest_ = nullptr;
  FlowEntry* newest_ = nullptr;
  std::size_t size_ = 0;
};

/// Entries by number, allocated in chunks up to a maximum and recycled. Never shrinks.
class FlowPool {
 public:
  explicit FlowPool(std::size_t max_flows);

  FlowEntry& at(std::uint32_t number) { return chunks_[number / kChunk][number % kChunk]; }

  /// A fresh entry, or nullptr when all are in use.
  FlowEntry* Take();
  void Return(FlowEntry& flow);

 private:
  static constexpr std::uint32_t kChunk = 64;

  std::vector<std::unique_ptr<FlowEntry[]>> chunks_;
  FlowEntry* free_ = nullptr;  ///< linked by age.newer
  std::size_t max_flows_;
  std::uint32_t made_ = 0;
};

}  // namespace wirehound
