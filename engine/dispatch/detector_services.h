// SPDX-License-Identifier: Apache-2.0

// DetectorServices: what the engine offers to all detectors besides events, and the limits that it
// sets them. The dispatcher takes a copy at its start. Dispatch thread.

#pragma once

#include "engine/config/detector_limits.h"
#include "engine/dispatch/call_clock.h"
#include "engine/event/stream_time.h"
#include "engine/stores/stores.h"

namespace wirehound {

/// `time` and `stores` must outlive the dispatcher, which advances the time.
struct DetectorServices {
  StreamTime& time;
  Stores& stores;
  DetectorLimits limits = {};
  ClockFunction clock = &CoarseClock;  ///< measures the time budget
};

}  // namespace wirehound
