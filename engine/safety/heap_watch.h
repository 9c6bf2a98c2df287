// SPDX-License-Identifier: Apache-2.0

// HeapWatch: estimates what one detector keeps of the memory it takes. All detectors share one
// heap, which knows no owners; so a few of its calls are weighed: heap in use behind the call less
// that in front, times the calls this one stands for. About one call in kMeanInterval, never at a
// fixed step, which could fall in with the detector's own rhythm. An estimate, good for a warning
// and for nothing else. Only where the heap is glibc's own: elsewhere it costs nothing and says
// nothing. Dispatch thread.
//
//   if (watch.Due()) {           // each call: a decrement
//     watch.Begin();
//     …the call…
//     watch.End();
//   }

#pragma once

#include <cstdint>

namespace wirehound {

class HeapWatch {
 public:
  /// Calls per weighing, in the mean, at least. Where the heap is slow to tell its size, because it
  /// has many free pieces, there are more calls between, so that an event costs no more than
  /// kMaxMeanCost.
  static constexpr std::uint32_t kMeanInterval = 1024;
  static constexpr std::uint32_t kMaxMeanCostNs = 1;

  /// Kept memory that is worth a word; then each time it has doubled.
  static constexpr std::int64_t kWarnBytes = 64 * 1024 * 1024;
  /// Weighings that found growth before anything is said: one may have met a table that grew.
  static constexpr std::uint32_t kMinGrowths = 4;

  /// Whether this heap can be weighed at all.
  static bool Supported();

  /// Whether the next call is to be weighed.
  bool Due() { return --calls_left_ == 0; }
  void Begin();
  /// Whether a warning is due: kept_bytes() has reached another step.
  bool End();

  /// The estimate: at most what the whole process has in use, at least 0.
  std::int64_t kept_bytes() const { return kept_bytes_; }
  std::uint32_t mean_interval() const { return mean_interval_; }

  /// The part of End that does not ask the heap or the clock. For tests, too.
  bool Note(std::int64_t in_use_before, std::int64_t in_use_after, std::uint64_t cost_ns);

 private:
  void PlanNext(std::uint64_t cost_ns);

  std::uint32_t mean_interval_ = kMeanInterval;
  std::uint32_t calls_left_ = kMeanInterval;
  std::uint32_t random_ = 1;  // the same steps in every run
  std::uint32_t growths_ = 0;
  std::int64_t in_use_before_ = 0;
  std::uint64_t cost_ns_ = 0;  // of the weighing in front of the call
  std::int64_t estimate_ = 0;
  std::int64_t kept_bytes_ = 0;
  std::int64_t next_warning_ = kWarnBytes;
};

}  // namespace wirehound
