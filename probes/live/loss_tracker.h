// SPDX-License-Identifier: Apache-2.0

// LossTracker: finds the gaps of the stream. Every record carries the number of packets lost so
// far; where it has grown, packets are missing before this record. Pure; any thread.

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
  /// How many packets were lost since the last call, given the number lost so far. Records of
  /// different CPUs may arrive in another order than they read that number. So a number below the
  /// highest one so far is old, and the result is 0.
  std::uint64_t Notice(std::uint64_t lost_so_far) {
    if (lost_so_far <= noticed_) [[likely]] {
      return 0;
    }
    const std::uint64_t more = lost_so_far - noticed_;
    noticed_ = lost_so_far;
    return more;
  }

  /// The reason why `records` packets were lost: the lost counter that has grown, "several" when
  /// more than one has. `kernel` must have been read after the number given to Notice.
  std::string_view Explain(std::uint64_t records, const KernelCounters& kernel);

 private:
  static constexpr std::size_t kReasons =
      WIREHOUND_COUNT_LAST_LOST - WIREHOUND_COUNT_FIRST_LOST + 1;

  std::uint64_t noticed_ = 0;
  std::array<std::uint64_t, kReasons> explained_{};  // of each reason, the losses explained so far
};

}  // namespace wirehound
