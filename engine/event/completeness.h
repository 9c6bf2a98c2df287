// SPDX-License-Identifier: Apache-2.0

// Completeness: which input of an event is known to be missing. Computed only from what comes in
// order with the stream, so that a replay gives the same. Plain data; dispatch thread.

#pragma once

#include <algorithm>
#include <cstdint>

namespace wirehound {

struct Completeness {
  /// Of a detection: records lost since its detector started or made its last detection.
  std::uint64_t lost_records = 0;
  bool stream_gap = false;       ///< its connection had bytes that were never captured
  bool truncated = false;        ///< its record was cut before the end of what was decoded
  bool input_suspended = false;  ///< a detector whose detections this one needs is suspended

  bool whole() const { return lost_records == 0 && !stream_gap && !truncated && !input_suspended; }

  /// Adds what a cause lacks.
  void Add(const Completeness& cause) {
    lost_records = std::max(lost_records, cause.lost_records);
    stream_gap = stream_gap || cause.stream_gap;
    truncated = truncated || cause.truncated;
    input_suspended = input_suspended || cause.input_suspended;
  }
};

}  // namespace wirehound
