// SPDX-License-Identifier: Apache-2.0

// DetectionQueue: the detections made while one turn is dispatched. It copies them out of the
// plugins and keeps them until the dispatcher takes them. First in, first out, so dispatch is
// breadth-first: every detection of level n comes before any of level n+1. The size of its arena
// bounds it. Dispatch thread.

#pragma once

#include <cstddef>
#include <cstdint>
#include <vector>

#include <wirehound/abi/detector_abi.h>

#include "decoders/core/arena.h"
#include "engine/event/event.h"
#include "engine/stores/process_store.h"

namespace wirehound {

/// The maker of a detection and what the event takes from it: the same for all detections of one
/// detector. What it points to must outlive the turn.
struct DetectionMaker {
  const EventDefinition* event = nullptr;
  const DetectorDefinition* detector = nullptr;  ///< null: the engine itself
  const wirehound_threat* threat = nullptr;      ///< of the definition; null: none
  std::uint32_t auto_populate = 0;               ///< WIREHOUND_POPULATE_*, of the definition
  ProcessStore* processes = nullptr;             ///< source of the ancestry; null: none is added
  const DetectorDefinition* subject = nullptr;   ///< see Event::subject
};

/// What a detection is made from: the event it inherits time, process and packet from, and its
/// cause, null for none.
struct DetectionOrigin {
  const wirehound_event* context = nullptr;
  const Event* cause = nullptr;
  Completeness missing = {};  ///< what its maker could not see
};

class DetectionQueue {
 public:
  /// Memory for the detections of one turn, all levels together. When it is used up, Push refuses
  /// the detection with LIMIT, which the detector sees, and counts it in overflows().
  static constexpr std::size_t kArenaBytes = 1024 * 1024;

  /// The most parents that one detection may carry.
  static constexpr std::uint32_t kMaxAncestryDepth = 32;

  DetectionQueue() : arena_(kArenaBytes) {}

  /// Copies a detection into a new event. Returns a WIREHOUND_* status: NOT_DECLARED or WRONG_TYPE
  /// when a field does not fit the definition, INVALID when the detection breaks the contract,
  /// LIMIT when the arena is full.
  std::int32_t Push(const wirehound_finding& detection, const DetectionMaker& maker,
                    const DetectionOrigin& origin);

  /// The next event, or null when none is left. It stays valid until Clear.
  const Event* Pop() { return next_ < events_.size() ? events_[next_++] : nullptr; }

  /// Whether Pop has returned every event.
  bool empty() const { return next_ == events_.size(); }

  /// Frees all events at once. The dispatcher calls it at the end of a turn.
  void Clear() {
    arena_.Reset();
    events_.clear();
    next_ = 0;
  }

  /// Detections refused because the arena was full.
  std::uint64_t overflows() const { return overflows_; }

 private:
  // Each returns false when the arena is full.
  bool Fill(Event& event, const wirehound_finding& detection, const DetectionMaker& maker,
            const DetectionOrigin& origin);
  bool CopyFields(Event& event, const wirehound_finding& detection);
  bool CopyValue(wirehound_field& field);
  bool CopyText(wirehound_string& text);
  bool CopyTexts(wirehound_list& list);
  bool CopyThreat(Event& event, const wirehound_threat& threat);
  bool CopyAncestry(Event& event, std::uint32_t depth, ProcessStore& processes);

  Arena arena_;
  std::vector<const Event*> events_;
  std::size_t next_ = 0;
  std::uint64_t overflows_ = 0;
};

}  // namespace wirehound
