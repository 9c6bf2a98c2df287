// SPDX-License-Identifier: Apache-2.0

#include "probes/live/loss_tracker.h"

#include <algorithm>

namespace wirehound {
namespace {

constexpr std::string_view kSeveral = "several";

// The same names as in AccountOf.
std::string_view ReasonName(std::size_t counter) {
  switch (counter) {
    case WIREHOUND_COUNT_LOST_RING_FULL:
      return "ring_full";
    case WIREHOUND_COUNT_LOST_COPY_FAILED:
      return "copy_failed";
    case WIREHOUND_COUNT_LOST_PROCESS_RECORD:
      return "process_record_lost";
    default:
      return kSeveral;
  }
}

}  // namespace

// The counters were read later than the number in the record, so they may include newer losses.
// Only `records` of them are taken as explained; the rest explains the next gap.
std::string_view LossTracker::Explain(std::uint64_t records, const KernelCounters& kernel) {
  std::string_view reason;
  for (std::size_t i = 0; i < explained_.size() && records > 0; ++i) {
    const std::size_t counter = WIREHOUND_COUNT_FIRST_LOST + i;
    const std::uint64_t taken = std::min(kernel[counter] - explained_[i], records);
    if (taken == 0) {
      continue;
    }
    explained_[i] += taken;
    records -= taken;
    reason = reason.empty() ? ReasonName(counter) : kSeveral;
  }
  return reason.empty() || records != 0 ? kSeveral : reason;
}

}  // namespace wirehound
