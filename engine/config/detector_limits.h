// SPDX-License-Identifier: Apache-2.0

// DetectorLimits: how many errors and how much time a detector may take. Plain data.

#pragma once

#include <cstdint>

namespace wirehound {

/// Beyond these limits the engine suspends a detector and shows it no more events.
struct DetectorLimits {
  std::uint32_t max_errors_in_a_row = 100;  ///< 0: no limit
  /// Wall-clock time that one call may take. Measured with the kernel's coarse clock, which is
  /// cheap to read and exact to a few milliseconds. 0: no limit.
  std::uint64_t time_budget_ns = 100'000'000;
  /// Calls over the budget in a row. 0: no limit.
  std::uint32_t max_overruns_in_a_row = 3;
};

}  // namespace wirehound
