// SPDX-License-Identifier: Apache-2.0

// FlowContext: describes the connection and direction that the flow table reports on right now, for
// the events made of it: their addressing and their context. The owner is that of the current
// record when the packet is of the connection, else the last one that was known to use it. Dispatch
// thread.

#pragma once

#include <cstdint>
#include <functional>
#include <utility>

#include <wirehound/abi/messages.h>

#include "decoders/stream/flow.h"
#include "engine/event/event_context.h"

namespace wirehound {

/// The process behind an owner id, or null. Valid until the record has been dealt with.
using OwnerFinder = std::function<const wirehound_process*(std::uint64_t owner_id)>;

/// What one side of a connection says, as events show it.
struct FlowDescription {
  wirehound_packet_metadata metadata{};
  EventContext context;
};

class FlowContext {
 public:
  /// The packet that the flow table gets next, with the context of its record. Both must live until
  /// the next call.
  void SetPacket(const wirehound_packet_metadata& packet, const EventContext& context) {
    packet_ = &packet;
    packet_context_ = &context;
  }
  /// The flow table reports without a packet: timeouts, the end.
  void ClearPacket() { packet_ = nullptr; }

  /// The flow table reports on this flow. Cheap: nothing is worked out before Describe.
  void SetStream(FlowInfo& flow) { flow_ = &flow; }

  /// Knows processes by the owner ids of records (Source::FindOwner), for what comes to light when
  /// the record of its process has passed. Without it such events have no process.
  void SetOwners(OwnerFinder find_owner) { find_owner_ = std::move(find_owner); }

  /// What `sender` says. Data may come to light by a packet of the other direction (an
  /// acknowledgement shows a gap), or of another connection (a timeout): packet_len, iface and
  /// truncation are those of the packet only when it is of the same connection. Valid until the
  /// next call.
  const FlowDescription& Describe(FlowSide sender);

 private:
  bool PacketIsOfFlow() const;
  EventContext ContextOfOwner() const;

  OwnerFinder find_owner_;
  const wirehound_packet_metadata* packet_ = nullptr;
  const EventContext* packet_context_ = nullptr;  // while there is a packet
  FlowInfo* flow_ = nullptr;
  FlowDescription described_;
};

}  // namespace wirehound
