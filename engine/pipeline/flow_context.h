// SPDX-License-Identifier: Apache-2.0

// FlowContext: gives the addressing and the context of events about the connection that the flow
// table reports on right now. The owner is that of the current record if its packet belongs to the
// connection and has an owner. Otherwise it is the last owner that the flow table knows for the
// connection. Dispatch thread.

#pragma once

#include <cstdint>
#include <functional>
#include <utility>

#include <wirehound/abi/messages.h>

#include "decoders/stream/flow.h"
#include "engine/event/event_context.h"

namespace wirehound {

/// Returns the process behind an owner id, or null. Valid until the current record is processed.
using OwnerFinder = std::function<const wirehound_process*(std::uint64_t owner_id)>;

/// One direction of a connection, as events show it.
struct FlowDescription {
  wirehound_packet_metadata metadata{};
  EventContext context;
};

class FlowContext {
 public:
  /// Sets the packet that the flow table gets next, with the context of its record. Both must live
  /// until the next SetPacket or ClearPacket.
  void SetPacket(const wirehound_packet_metadata& packet, const EventContext& context) {
    packet_ = &packet;
    packet_context_ = &context;
  }
  /// Call it before the flow table reports without a packet: timeouts, the end of the stream.
  void ClearPacket() { packet_ = nullptr; }

  /// Sets the flow that the flow table reports on. Cheap: Describe does the work.
  void SetStream(FlowInfo& flow) { flow_ = &flow; }

  /// Sets the function that finds processes by owner id (Source::FindOwner). Events that arise
  /// after the record of their process has passed, at a timeout for example, need it. Without it
  /// they have no process.
  void SetOwnerFinder(OwnerFinder find_owner) { find_owner_ = std::move(find_owner); }

  /// Describes the direction in which `sender` sends. The packet that makes the flow table report
  /// may be of the other direction (an acknowledgement shows a gap) or of another connection (a
  /// timeout). So packet_len, iface and truncation are those of the packet only when it belongs to
  /// the same connection. Valid until the next call.
  const FlowDescription& Describe(FlowSide sender);

 private:
  bool PacketIsOfFlow() const;
  EventContext ContextOfOwner() const;

  OwnerFinder find_owner_;
  const wirehound_packet_metadata* packet_ = nullptr;
  const EventContext* packet_context_ = nullptr;  // valid only while packet_ is not null
  FlowInfo* flow_ = nullptr;
  FlowDescription description_;
};

}  // namespace wirehound
