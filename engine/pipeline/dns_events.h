// SPDX-License-Identifier: Apache-2.0

// DnsEvents: from the bytes of a DNS message to its events: net_packet_dns, then the request or
// response in short. What a response says of names and addresses is in the DNS store before its
// events are emitted. Decodes nothing when nobody wants any of that. Dispatch thread.

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
    std::array<std::uint64_t, kDecodeStatusCount> messages{};  ///< by how their decoding ended
    std::uint64_t too_short = 0;  ///< without a whole header: no message, no event
  };

  /// All must outlive this. `arena` holds one message at a time and is reset for each.
  DnsEvents(const Plan& plan, const Catalogue& catalogue, EventEmitter& emitter,
            AnomalyEvents& anomalies, Arena& arena, DnsStore& store);

  /// Whether anybody wants to know of DNS.
  bool wanted() const { return wanted_; }

  /// `anomalies` must follow the plan already.
  void SetPlan(const Plan& plan);

  /// Takes one message, without the length prefix of TCP, of the packet or stream that `metadata`
  /// describes. Ends the turn.
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
  bool learns_ = false;  // for the store
  bool wanted_ = false;
  Counters counters_;
};

}  // namespace wirehound
