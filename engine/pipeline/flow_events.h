// SPDX-License-Identifier: Apache-2.0

// FlowEvents: from what the flow table tells of connections to net_flow_tcp_begin, net_flow_tcp_end
// and net_tcp_connect. Dispatch thread.

#pragma once

#include <cstdint>
#include <string_view>

#include "decoders/stream/flow.h"
#include "engine/pipeline/event_emitter.h"

namespace wirehound {

/// How a connection ended, as net_flow_tcp_end says it: "fin", "reset", …
std::string_view FlowEndName(FlowEnd how);

class FlowEvents {
 public:
  /// All must outlive this.
  FlowEvents(const Plan& plan, const Catalogue& catalogue, EventEmitter& emitter);

  /// Whether anybody wants to know of connections.
  bool wanted() const { return begin_.wanted() || end_.wanted() || connect_.wanted(); }

  /// Each ends the turn when it became an event.
  void OnAttempt(const FlowInfo& flow);
  void OnBegin(const FlowInfo& flow);
  void OnEnd(const FlowInfo& flow, FlowEnd how);

 private:
  void Describe(const FlowInfo& flow);
  void SetCounters(const FlowInfo& flow, FlowEnd how);

  EventEmitter& emitter_;
  wirehound_packet_metadata metadata_{};
  BaseEvent begin_;
  BaseEvent end_;
  BaseEvent connect_;
  wirehound_value& begin_direction_;
  wirehound_value& end_direction_;
  wirehound_value& packets_sent_;
  wirehound_value& packets_received_;
  wirehound_value& bytes_sent_;
  wirehound_value& bytes_received_;
  wirehound_value& duration_;
  wirehound_value& reason_;
  wirehound_value& connect_port_;
};

}  // namespace wirehound
