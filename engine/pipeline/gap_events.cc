// SPDX-License-Identifier: Apache-2.0

#include "engine/pipeline/gap_events.h"

namespace wirehound {

GapEvents::GapEvents(const Plan& plan, const Catalogue& catalogue, EventEmitter& emitter)
    : emitter_(emitter),
      event_(catalogue, plan, kCaptureGap, metadata_),
      reason_(event_.field("reason")),
      lost_records_(event_.field("lost_records")),
      lost_so_far_(event_.field("lost_so_far")) {}

void GapEvents::OnGap(const CaptureGap& gap) {
  ++counters_.gaps;
  counters_.records += gap.records;
  emitter_.BeginGap(gap);
  reason_.text = {gap.reason.data(), gap.reason.size()};
  lost_records_.unsigned_integer = gap.records;
  lost_so_far_.unsigned_integer = counters_.records;
  emitter_.EmitGap(event_);
  emitter_.EndTurn();
}

}  // namespace wirehound
