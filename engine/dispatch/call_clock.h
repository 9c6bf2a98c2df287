// SPDX-License-Identifier: Apache-2.0

// CallClock: how long detectors take, for their time budget. The kernel's coarse clock is read
// once after each call, and the end of one call is the start of the next: a few nanoseconds a
// call, good to a few milliseconds. Not stream time, and not for anything detectors see. Dispatch
// thread.

#pragma once

#include <ctime>

#include <cstdint>

namespace wirehound {

/// Nanoseconds since some moment in the past; never goes back.
using ClockFunction = std::uint64_t (*)();

inline std::uint64_t ReadClock(clockid_t clock) {
  timespec now{};
  clock_gettime(clock, &now);
  return static_cast<std::uint64_t>(now.tv_sec) * 1'000'000'000 +
         static_cast<std::uint64_t>(now.tv_nsec);
}

/// Cheap, and as coarse as the kernel's tick.
inline std::uint64_t CoarseClock() { return ReadClock(CLOCK_MONOTONIC_COARSE); }

/// Exact, and several times as dear.
inline std::uint64_t ExactClock() { return ReadClock(CLOCK_MONOTONIC); }

class CallClock {
 public:
  /// Without a budget nothing is ever measured.
  CallClock(ClockFunction clock, std::uint64_t budget_ns) : clock_(clock) { SetBudget(budget_ns); }

  /// From the next chain of calls on; 0: none.
  void SetBudget(std::uint64_t budget_ns) { budget_ns_ = budget_ns == 0 ? UINT64_MAX : budget_ns; }

  /// Begins a chain of calls.
  void Start() {
    if (budget_ns_ != UINT64_MAX) {
      last_ns_ = clock_();
    }
  }

  /// Ends a call, and the time since the one before it ended; 0 without a budget.
  std::uint64_t Lap() {
    if (budget_ns_ == UINT64_MAX) {
      return 0;
    }
    const std::uint64_t now_ns = clock_();
    const std::uint64_t taken_ns = now_ns - last_ns_;
    last_ns_ = now_ns;
    return taken_ns;
  }

  /// UINT64_MAX without one.
  std::uint64_t budget_ns() const { return budget_ns_; }

 private:
  ClockFunction clock_;
  std::uint64_t budget_ns_ = UINT64_MAX;
  std::uint64_t last_ns_ = 0;
};

}  // namespace wirehound
