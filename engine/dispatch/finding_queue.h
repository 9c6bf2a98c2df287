// SPDX-License-Identifier: Apache-2.0

// FindingQueue: the detections made while one turn is dispatched, copied out of the plugins and
// waiting for their turn. First in, first out, which makes dispatch breadth-first: whatever is
// one level deep goes before what is two. Bounded by the size of its arena. Dispatch thread.

#pragma once

#include <cstddef>
#include <cstdint>
#include <vector>

#include <wirehound/abi/detector_abi.h>

#include "decoders/arena.h"
#include "engine/dispatch/event.h"

namespace wirehound {

class FindingQueue {
 public:
  /// Memory for the detections of one turn, all levels together. Policy beyond it: the
  /// detection is refused, its detector gets an error, and the refusal is counted.
  static constexpr std::size_t kArenaBytes = 1024 * 1024;

  FindingQueue() : arena_(kArenaBytes) {}

  /// Copies a finding of `detector` from `cause` as an event `definition`. Returns a
  /// WIREHOUND_* status: NOT_DECLARED or WRONG_TYPE when a field does not fit the definition,
  /// INVALID for null pointers, ERROR when there is no room.
  std::int32_t Push(const wirehound_finding& finding, const EventDefinition& definition,
                    const DetectorDefinition& detector, const Event& cause);

  /// The next event, or null. It stays valid until Clear.
  const Event* Pop() { return next_ < events_.size() ? events_[next_++] : nullptr; }

  /// Forgets all. Called when a turn is done.
  void Clear() {
    arena_.Reset();
    events_.clear();
    next_ = 0;
  }

  /// Detections refused because there was no room.
  std::uint64_t overflows() const { return overflows_; }

 private:
  bool CopyFields(const wirehound_finding& finding, const EventDefinition& definition,
                  wirehound_field* fields);
  bool CopyBytes(const wirehound_string& from, const char*& copy);

  Arena arena_;
  std::vector<const Event*> events_;
  std::size_t next_ = 0;
  std::uint64_t overflows_ = 0;
};

}  // namespace wirehound
