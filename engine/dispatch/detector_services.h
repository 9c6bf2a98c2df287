// SPDX-License-Identifier: Apache-2.0

// What the engine offers to every detector instance beside events, and what it allows them.

#pragma once

#include <cstdint>

#include "engine/dispatch/call_clock.h"
#include "engine/dispatch/stream_time.h"
#include "engine/stores/stores.h"

namespace wirehound {

/// What a detector may do before it is suspended. A suspended one sees no more events.
struct DetectorLimits {
  std::uint32_t max_errors_in_a_row = 100;  ///< 0: no limit
  /// Wall-clock time one call may take; measured with the kernel's coarse clock, so that it costs
  /// next to nothing and is good to a few milliseconds. 0: no budget.
  std::uint64_t time_budget_ns = 100'000'000;
  /// Calls over the budget, in a row, that suspend. 0: no limit.
  std::uint32_t max_overruns_in_a_row = 3;
};

/// All must outlive the dispatcher. The dispatcher moves the time on.
struct DetectorServices {
  StreamTime& time;
  Stores& stores;
  DetectorLimits limits = {};
  ClockFunction clock = &CoarseClock;  ///< what the time budget is measured with
};

}  // namespace wirehound
