// SPDX-License-Identifier: Apache-2.0

// DnsEvents: decodes the bytes of a DNS message and emits its events: net_packet_dns, then the
// summary of the request or response. The DNS store learns the names and addresses of a response
// before the events are emitted. Decodes nothing when the plan needs none of this. Dispatch thread.

#pragma once

#include <array>
#include <cstddef>
#include <cstdint>

#include "decoders/core/arena.h"
#include "decoders/core/captured_bytes.h"
#include "decoders/core/decode_status.h"
#include "decoders/dns/dns_decoder.h"
#include "engine/pipeline/anomaly_events.h"
#include "engine/pipeline/event_emitter.h"
#include "engine/stores/dns_store.h"

namespace wirehound {

class DnsEvents {
 public:
  struct Counters {
    std::array<std::uint64_t, kDecodeStatusCount> messages{};  ///< by DecodeStatus
    std::uint64_t too_short = 0;  ///< without a whole DNS header; they make no event
  };

  /// All must outlive this. `arena` holds one message at a time and is reset for each.
  DnsEvents(const Plan& plan, const Catalogue& catalogue, EventEmitter& emitter,
            AnomalyEvents& anomalies, Arena& arena, DnsStore& store);

  /// Whether the plan needs DNS messages decoded: for an event, an anomaly or the DNS store.
  bool wanted() const { return wanted_; }

  /// Call it after AnomalyEvents::SetPlan: it asks `anomalies` whether anomalies are wanted.
  void SetPlan(const Plan& plan);

  /// Decodes one message of the packet or stream that `metadata` describes. `message` does not
  /// include the length prefix of TCP. Ends the turn.
  void OnMessage(const wirehound_packet_metadata& metadata, EventContext context,
                 CapturedBytes message);

  const Counters& counters() const { return counters_; }

 private:
  void EmitSummary(const EventContext& context);
  void ReportCut(const wirehound_packet_metadata& metadata, const EventContext& context,
                 CapturedBytes message);
  void ReportAnomalies(const EventContext& context, std::size_t wire_bytes);

  EventEmitter& emitter_;
  AnomalyEvents& anomalies_;
  Arena& arena_;
  DnsStore& store_;
  wirehound_packet_metadata metadata_{};
  wirehound_dns dns_{};
  BaseEvent dns_event_;
  BaseEvent request_;
  BaseEvent response_;
  wirehound_value& questions_;
  wirehound_value& responses_;
  bool feeds_store_ = false;  // the plan needs the DNS store
  bool wanted_ = false;
  Counters counters_;
};

}  // namespace wirehound
