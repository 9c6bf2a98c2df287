// SPDX-License-Identifier: Apache-2.0

// HttpEvents: emits the events of a decoded HTTP head: net_packet_http, then the request or the
// response. Dispatch thread.

#pragma once

#include <cstdint>

#include "engine/pipeline/event_emitter.h"

namespace wirehound {

class HttpEvents {
 public:
  struct Counters {
    std::uint64_t requests = 0;
    std::uint64_t responses = 0;
  };

  /// All must outlive this.
  HttpEvents(const Plan& plan, const Catalogue& catalogue, EventEmitter& emitter);

  /// Whether the plan needs events of HTTP.
  bool wanted() const { return http_.wanted() || request_.wanted() || response_.wanted(); }

  void SetPlan(const Plan& plan);

  /// Emits one message of the stream that `metadata` describes. Ends the turn.
  void OnMessage(const wirehound_packet_metadata& metadata, const EventContext& context,
                 const wirehound_http& message);

  const Counters& counters() const { return counters_; }

 private:
  EventEmitter& emitter_;
  wirehound_packet_metadata metadata_{};
  BaseEvent http_;
  BaseEvent request_;
  BaseEvent response_;
  wirehound_value& http_message_;
  wirehound_value& request_message_;
  wirehound_value& response_message_;
  Counters counters_;
};

}  // namespace wirehound
