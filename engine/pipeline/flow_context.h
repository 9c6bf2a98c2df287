// SPDX-License-Identifier: Apache-2.0

// FlowContext: of which connection and direction the flow table is speaking right now, and what
// that means for events: the addressing of what was said, and the process that said or heard it:
// that of the current record when it is of the connection, else the last one that was known to use
// the connection. Dispatch thread.

#pragma once

#include <wirehound/abi/messages.h>

#include "decoders/stream/flow.h"
#include "engine/pipeline/event_emitter.h"

namespace wirehound {

class FlowContext {
 public:
  /// `emitter` must outlive this.
  explicit FlowContext(EventEmitter& emitter) : emitter_(emitter) {}

  /// The packet that is given to the flow table next; null when there is none (timeouts, the end).
  void SetPacket(const wirehound_packet_metadata* packet) { packet_ = packet; }

  /// What follows is of this flow. Cheap: nothing is worked out before it is asked for.
  void SetStream(FlowInfo& flow) { flow_ = &flow; }

  /// The addressing of what `sender` says, and tells the emitter whose events these are. Data may
  /// come to light by a packet of the other direction (an acknowledgement shows a gap), or of
  /// another connection (a timeout): packet_len and iface are those of the packet only when it is
  /// of the same connection. Valid until the next call.
  const wirehound_packet_metadata& Describe(FlowSide sender);

 private:
  bool PacketIsOfFlow() const;

  EventEmitter& emitter_;
  const wirehound_packet_metadata* packet_ = nullptr;
  FlowInfo* flow_ = nullptr;
  wirehound_packet_metadata described_{};
};

}  // namespace wirehound
