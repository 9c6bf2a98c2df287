// SPDX-License-Identifier: Apache-2.0

// DispatchParts: what the detectors of one dispatcher share: services, clock, queues and counts of
// the stream. The dispatcher owns it; its address never changes. Dispatch thread.

#pragma once

#include <cstdint>
#include <vector>

#include "engine/catalogue/event_definition.h"
#include "engine/dispatch/call_clock.h"
#include "engine/dispatch/detection_queue.h"
#include "engine/dispatch/detector_services.h"
#include "engine/dispatch/engine_events.h"
#include "engine/dispatch/timer_queue.h"

namespace wirehound {

struct DispatchParts {
  explicit DispatchParts(const DetectorServices& given)
      : services(given),
        clock(given.clock, given.limits.time_budget_ns),
        engine_events(detections) {}
  DispatchParts(const DispatchParts&) = delete;
  DispatchParts& operator=(const DispatchParts&) = delete;

  DetectorServices services;
  CallClock clock;
  DetectionQueue detections;
  EngineEvents engine_events;
  TimerQueue timers;
  std::uint64_t turn = 0;          ///< turns that have ended
  std::uint64_t lost_records = 0;  ///< the total that gaps have reported so far
  /// The events that suspended detectors would produce. Usually empty, always short.
  std::vector<const EventDefinition*> suspended_events;
};

}  // namespace wirehound
