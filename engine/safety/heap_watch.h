// SPDX-License-Identifier: Apache-2.0

// HeapWatch: estimates how much memory one detector allocates and keeps. All detectors share one
// heap, which records no owners, so HeapWatch samples: it measures the heap before and after about
// one call in kMeanInterval, and multiplies the difference by that interval. The steps are random:
// a fixed one could coincide with a period of the detector. The estimate is good for a warning
// only. It needs glibc's heap; with another one it costs nothing and never warns. Dispatch thread.
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
  /// The least mean number of calls per sample. A heap with many free chunks is slow to measure:
  /// then the mean grows, so that sampling costs at most kMaxMeanCostNs per call.
  static constexpr std::uint32_t kMeanInterval = 1024;
  static constexpr std::uint32_t kMaxMeanCostNs = 1;

  /// The estimate that is worth a warning; the next one comes when it has doubled.
  static constexpr std::int64_t kWarnBytes = 64 * 1024 * 1024;
  /// Samples with growth before the first warning: a single one may have met a table that grew
  /// once.
  static constexpr std::uint32_t kMinGrowths = 4;

  /// Whether this heap can be measured.
  static bool Supported();

  /// Whether to measure the next call.
  bool Due() { return --calls_left_ == 0; }
  void Begin();
  /// Whether a warning is due: kept_bytes() has reached the next step.
  bool End();

  /// The estimate, from 0 to the heap in use of the whole process.
  std::int64_t kept_bytes() const { return kept_bytes_; }
  std::uint32_t mean_interval() const { return mean_interval_; }

  /// End with given measurements instead of those of heap and clock.
  bool Note(std::int64_t in_use_before, std::int64_t in_use_after, std::uint64_t cost_ns);

 private:
  void PlanNext(std::uint64_t cost_ns);

  std::uint32_t mean_interval_ = kMeanInterval;
  std::uint32_t calls_left_ = kMeanInterval;
  std::uint32_t random_ = 1;  // the same steps in every run
  std::uint32_t growths_ = 0;
  std::int64_t in_use_before_ = 0;
  std::uint64_t cost_ns_ = 0;  // of measuring the heap before the call
  std::int64_t estimate_ = 0;
  std::int64_t kept_bytes_ = 0;
  std::int64_t next_warning_ = kWarnBytes;
};

}  // namespace wirehound
