// SPDX-License-Identifier: Apache-2.0

// GapEvents: counts the gaps, the places at which records are missing, and makes a capture_gap
// event of each. Dispatch thread.

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
    std::uint64_t records = 0;  ///< missing in all gaps together
  };

  /// All must outlive this.
  GapEvents(const Plan& plan, const Catalogue& catalogue, EventEmitter& emitter);

  void SetPlan(const Plan& plan) { event_.SetPlan(plan); }

  /// Call it between two records. Ends the turn.
  void OnGap(const CaptureGap& gap);

  const Counters& counters() const { return counters_; }

 private:
  EventEmitter& emitter_;
  const wirehound_packet_metadata metadata_{};  // stays empty: a gap belongs to no packet
  BaseEvent event_;
  wirehound_value& reason_;
  wirehound_value& lost_records_;
  wirehound_value& lost_so_far_;
  Counters counters_;
};

}  // namespace wirehound
