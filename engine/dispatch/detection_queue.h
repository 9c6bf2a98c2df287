// SPDX-License-Identifier: Apache-2.0

// DetectionQueue: the detections made while one turn is dispatched, copied out of the plugins and
// waiting for their turn. First in, first out, which makes dispatch breadth-first: whatever is
// one level deep goes before what is two. Bounded by the size of its arena. Dispatch thread.

#pragma once

#include <cstddef>
#include <cstdint>
#include <vector>

#include <wirehound/abi/detector_abi.h>

#include "decoders/core/arena.h"
#include "engine/event/event.h"
#include "engine/stores/process_store.h"

namespace wirehound {

/// Who makes detections, and what they become: the same for all of one detector. What it points to
/// must outlive the turn.
struct DetectionMaker {
  const EventDefinition* event = nullptr;
  const DetectorDefinition* detector = nullptr;  ///< null: the engine itself
  const wirehound_threat* threat = nullptr;      ///< of the definition; null: none
  std::uint32_t auto_populate = 0;               ///< WIREHOUND_POPULATE_*, of the definition
  ProcessStore* processes = nullptr;             ///< who is asked for ancestry; null: nobody
  const DetectorDefinition* subject = nullptr;   ///< see Event::subject
};

/// What a detection is made from: the context it inherits, and its cause, null for none.
struct DetectionOrigin {
  const wirehound_event* context = nullptr;
  const Event* cause = nullptr;
  Completeness missing = {};  ///< what its maker was not shown
};

class DetectionQueue {
 public:
  /// Memory for the detections of one turn, all levels together. Policy beyond it: the
  /// detection is refused, its detector gets an error, and the refusal is counted.
  static constexpr std::size_t kArenaBytes = 1024 * 1024;

  /// Parents that one detection may name.
  static constexpr std::uint32_t kMaxAncestryDepth = 32;

  DetectionQueue() : arena_(kArenaBytes) {}

  /// Copies a detection as an event. Returns a WIREHOUND_* status: NOT_DECLARED or WRONG_TYPE when
  /// a field does not fit the definition, INVALID for what breaks the contract, LIMIT when there is
  /// no room.
  std::int32_t Push(const wirehound_finding& detection, const DetectionMaker& maker,
                    const DetectionOrigin& origin);

  /// The next event, or null. It stays valid until Clear.
  const Event* Pop() { return next_ < events_.size() ? events_[next_++] : nullptr; }

  /// Whether nothing waits.
  bool empty() const { return next_ == events_.size(); }

  /// Forgets all. Called when a turn is done.
  void Clear() {
    arena_.Reset();
    events_.clear();
    next_ = 0;
  }

  /// Detections refused because there was no room.
  std::uint64_t overflows() const { return overflows_; }

 private:
  // Each gives false when there is no room.
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
