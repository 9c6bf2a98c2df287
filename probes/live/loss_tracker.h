// SPDX-License-Identifier: Apache-2.0

// LossTracker: from the number of packets lost so far, which comes with each record, to the gaps of
// the stream, each with how many and why. Pure; any thread.

#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <string_view>

#include "probes/bpf/settings.h"
#include "probes/live/counters.h"

namespace wirehound {

class LossTracker {
 public:
  /// How many more were lost than was known, given the number so far. Records of several CPUs come
  /// in an order that differs a little from that of their numbers: one that is lower says nothing.
  std::uint64_t Notice(std::uint64_t lost_so_far) {
    if (lost_so_far <= noticed_) [[likely]] {
      return 0;
    }
    const std::uint64_t more = lost_so_far - noticed_;
    noticed_ = lost_so_far;
    return more;
  }

  /// Why so many were lost: the reason whose count has grown, "several" when it is more than one.
  /// `kernel` was read after the number given to Notice.
  std::string_view Explain(std::uint64_t records, const KernelCounters& kernel);

 private:
  static constexpr std::size_t kReasons =
      WIREHOUND_COUNT_LAST_LOST - WIREHOUND_COUNT_FIRST_LOST + 1;

  std::uint64_t noticed_ = 0;
  std::array<std::uint64_t, kReasons> explained_{};  // of each reason, those told already
};

}  // namespace wirehound
