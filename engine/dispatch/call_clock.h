// SPDX-License-Identifier: Apache-2.0

// CallClock: measures how long each call of a detector takes, for its time budget. It reads the
// kernel's coarse clock once after each call, and the end of one call is the start of the next.
// That costs a few nanoseconds per call and is accurate to a few milliseconds. It is not stream
// time, and detectors never see it. Dispatch thread.

#pragma once

#include <ctime>

#include <cstdint>

namespace wirehound {

/// Returns nanoseconds since a fixed moment; never goes back.
using ClockFunction = std::uint64_t (*)();

inline std::uint64_t ReadClock(clockid_t clock) {
  timespec now{};
  clock_gettime(clock, &now);
  return static_cast<std::uint64_t>(now.tv_sec) * 1'000'000'000 +
         static_cast<std::uint64_t>(now.tv_nsec);
}

/// Cheap; its resolution is the kernel's tick.
inline std::uint64_t CoarseClock() { return ReadClock(CLOCK_MONOTONIC_COARSE); }

/// Exact; a reading costs several times as much as one of CoarseClock.
inline std::uint64_t ExactClock() { return ReadClock(CLOCK_MONOTONIC); }

class CallClock {
 public:
  /// A budget of 0 means none: then the clock is never read.
  CallClock(ClockFunction clock, std::uint64_t budget_ns) : clock_(clock) { SetBudget(budget_ns); }

  /// Takes effect at the next Start; 0: no budget.
  void SetBudget(std::uint64_t budget_ns) { budget_ns_ = budget_ns == 0 ? UINT64_MAX : budget_ns; }

  /// Marks the start of the first of several calls that follow each other.
  void Start() {
    if (budget_ns_ != UINT64_MAX) {
      last_ns_ = clock_();
    }
  }

  /// Marks the end of a call. Returns the time since the last mark; 0 without a budget.
  std::uint64_t EndCall() {
    if (budget_ns_ == UINT64_MAX) {
      return 0;
    }
    const std::uint64_t now_ns = clock_();
    const std::uint64_t taken_ns = now_ns - last_ns_;
    last_ns_ = now_ns;
    return taken_ns;
  }

  /// UINT64_MAX without a budget.
  std::uint64_t budget_ns() const { return budget_ns_; }

 private:
  ClockFunction clock_;
  std::uint64_t budget_ns_ = UINT64_MAX;
  std::uint64_t last_ns_ = 0;
};

}  // namespace wirehound
