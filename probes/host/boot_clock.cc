// SPDX-License-Identifier: Apache-2.0

#include "probes/host/boot_clock.h"

#include <ctime>

namespace wirehound {
namespace {

std::uint64_t Now(clockid_t clock) {
  timespec now = {};
  clock_gettime(clock, &now);
  return static_cast<std::uint64_t>(now.tv_sec) * 1'000'000'000u +
         static_cast<std::uint64_t>(now.tv_nsec);
}

}  // namespace

BootClock BootClock::Measure() {
  // The two clocks cannot be read in one instant, and we may be preempted between them. Of a few
  // tries, the one that took the least time has the smallest error.
  constexpr int kTries = 5;
  std::uint64_t best_gap = UINT64_MAX;
  std::uint64_t offset = 0;
  for (int i = 0; i < kTries; ++i) {
    std::uint64_t before = Now(CLOCK_BOOTTIME);
    std::uint64_t epoch = Now(CLOCK_REALTIME);
    std::uint64_t gap = Now(CLOCK_BOOTTIME) - before;
    if (gap >= best_gap) {
      continue;
    }
    best_gap = gap;
    offset = epoch - (before + gap / 2);
  }
  return BootClock(offset);
}

std::uint64_t BootClock::NowNs() const { return ToEpoch(Now(CLOCK_BOOTTIME)); }

BootClock BootClock::OfThisRun() {
  static const BootClock kClock = Measure();
  return kClock;
}

}  // namespace wirehound
