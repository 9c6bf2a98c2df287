// SPDX-License-Identifier: Apache-2.0

#include "engine/safety/heap_watch.h"

#include <algorithm>
#include <chrono>
#include <limits>

#include "base/sanitizers.h"

// A sanitizer has a heap of its own, which mallinfo2 does not see.
#if defined(__GLIBC__) && !defined(WIREHOUND_ADDRESS_SANITIZER) && \
    !defined(WIREHOUND_THREAD_SANITIZER)
#if __GLIBC_PREREQ(2, 33)
#define WIREHOUND_WEIGHS_HEAP 1
#include <malloc.h>
#endif
#endif

namespace wirehound {

namespace {

#if defined(WIREHOUND_WEIGHS_HEAP)
constexpr bool kSupported = true;
std::int64_t HeapInUse() {
  const struct mallinfo2 info = mallinfo2();
  return static_cast<std::int64_t>(info.uordblks + info.hblkhd);
}
#else
constexpr bool kSupported = false;  // the heap of a sanitizer or of another C library
std::int64_t HeapInUse() { return 0; }
#endif

std::uint64_t Now() {
  return static_cast<std::uint64_t>(std::chrono::steady_clock::now().time_since_epoch().count());
}

}  // namespace

bool HeapWatch::Supported() { return kSupported; }

void HeapWatch::Begin() {
  if (kSupported) {
    const std::uint64_t start = Now();
    in_use_before_ = HeapInUse();
    cost_ns_ = Now() - start;
  }
}

bool HeapWatch::End() {
  if (!kSupported) {
    calls_left_ = std::numeric_limits<std::uint32_t>::max();
    return false;
  }
  const std::uint64_t start = Now();
  const std::int64_t in_use = HeapInUse();
  return Note(in_use_before_, in_use, cost_ns_ + Now() - start);
}

bool HeapWatch::Note(std::int64_t in_use_before, std::int64_t in_use_after, std::uint64_t cost_ns) {
  const std::int64_t difference = in_use_after - in_use_before;
  growths_ += difference > 0 ? 1 : 0;
  estimate_ += difference * static_cast<std::int64_t>(mean_interval_);
  kept_bytes_ = std::clamp<std::int64_t>(estimate_, 0, std::max<std::int64_t>(in_use_after, 0));
  PlanNext(cost_ns);
  if (growths_ < kMinGrowths || kept_bytes_ < next_warning_) {
    return false;
  }
  next_warning_ = 2 * kept_bytes_;
  return true;
}

// Steps from 1 to 2 * mean - 1 calls, equally likely. xorshift is random enough to avoid a period.
void HeapWatch::PlanNext(std::uint64_t cost_ns) {
  constexpr std::uint64_t kLongestMean = std::uint64_t{1} << 30;
  const std::uint64_t affordable = std::min(cost_ns / kMaxMeanCostNs, kLongestMean);
  mean_interval_ = std::max(kMeanInterval, static_cast<std::uint32_t>(affordable));
  random_ ^= random_ << 13;
  random_ ^= random_ >> 17;
  random_ ^= random_ << 5;
  calls_left_ = 1 + random_ % (2 * mean_interval_ - 1);
}

}  // namespace wirehound
