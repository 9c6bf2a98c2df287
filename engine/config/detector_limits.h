// SPDX-License-Identifier: Apache-2.0

// DetectorLimits: how many errors and how much time the engine grants each detector. Plain data.

#pragma once

#include <cstdint>

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

}  // namespace wirehound
