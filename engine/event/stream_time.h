// SPDX-License-Identifier: Apache-2.0

// StreamTime: the time of the records, the only time that detectors know, so that a capture read
// twice gives the same detections. Never goes back, although records of several processors are not
// quite in order. Owned by the dispatcher; dispatch thread.

#pragma once

#include <cstdint>

namespace wirehound {

struct StreamTime {
  std::uint64_t now_ns = 0;  ///< Unix epoch; 0 before the first record

  void Advance(std::uint64_t to_ns) { now_ns = to_ns > now_ns ? to_ns : now_ns; }
};

}  // namespace wirehound
