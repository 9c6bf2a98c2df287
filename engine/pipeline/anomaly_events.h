// SPDX-License-Identifier: Apache-2.0

// AnomalyEvents: counts anomalies by kind and makes net_anomaly events of them. Dispatch thread.

#pragma once

#include <array>
#include <cstdint>

#include "decoders/core/anomaly.h"
#include "engine/pipeline/event_emitter.h"

namespace wirehound {

class AnomalyEvents {
 public:
  using Counters = std::array<std::uint64_t, kAnomalyKindCount>;  ///< by AnomalyKind

  /// All must outlive this.
  AnomalyEvents(const Plan& plan, const Catalogue& catalogue, EventEmitter& emitter);

  bool wanted() const { return event_.wanted(); }

  void SetPlan(const Plan& plan) { event_.SetPlan(plan); }

  /// Counts an anomaly of the packet or stream that `metadata` describes. If an event of it is
  /// wanted, emits it and ends the turn.
  void Report(const wirehound_packet_metadata& metadata, const EventContext& context,
              const Anomaly& anomaly);

  const Counters& counters() const { return counters_; }

 private:
  EventEmitter& emitter_;
  wirehound_packet_metadata metadata_{};
  BaseEvent event_;
  wirehound_value& kind_;
  wirehound_value& layer_;
  wirehound_value& offset_;
  wirehound_value& size_;
  Counters counters_{};
};

}  // namespace wirehound
