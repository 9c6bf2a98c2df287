// SPDX-License-Identifier: Apache-2.0

// GapEvents: counts the places of the stream at which records are missing, and makes capture_gap
// events of them. Dispatch thread.

#pragma once

#include <cstdint>

#include "engine/pipeline/base_event.h"
#include "engine/pipeline/event_emitter.h"
#include "probes/capture/record.h"

namespace wirehound {

class GapEvents {
 public:
  struct Counters {
    std::uint64_t gaps = 0;
    std::uint64_t records = 0;  ///< missing in all of them
  };

  /// All must outlive this.
  GapEvents(const Plan& plan, const Catalogue& catalogue, EventEmitter& emitter);

  void SetPlan(const Plan& plan) { event_.SetPlan(plan); }

  /// Takes a gap, between two records. The turn is over when this returns.
  void OnGap(const CaptureGap& gap);

  const Counters& counters() const { return counters_; }

 private:
  EventEmitter& emitter_;
  const wirehound_packet_metadata metadata_{};  // nothing is known of what is missing
  BaseEvent event_;
  wirehound_value& reason_;
  wirehound_value& lost_records_;
  wirehound_value& lost_so_far_;
  Counters counters_;
};

}  // namespace wirehound
