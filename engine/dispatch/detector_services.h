// SPDX-License-Identifier: Apache-2.0

// What the engine offers to every detector instance beside events, and what it allows them.

#pragma once

#include "engine/config/detector_limits.h"
#include "engine/dispatch/call_clock.h"
#include "engine/event/stream_time.h"
#include "engine/stores/stores.h"

namespace wirehound {

/// All must outlive the dispatcher. The dispatcher moves the time on.
struct DetectorServices {
  StreamTime& time;
  Stores& stores;
  DetectorLimits limits = {};
  ClockFunction clock = &CoarseClock;  ///< what the time budget is measured with
};

}  // namespace wirehound
