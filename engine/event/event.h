// SPDX-License-Identifier: Apache-2.0

// Event: one event on its way through the engine: the view that detectors see, its definition, and
// its cause. Lives until its turn is over; owns nothing. Dispatch thread.

#pragma once

#include <span>

#include <wirehound/abi/detector_abi.h>
#include <wirehound/abi/stores_abi.h>
#include <wirehound/definition.h>

#include "engine/catalogue/event_definition.h"
#include "engine/event/completeness.h"

namespace wirehound {

struct Event {
  wirehound_event view{};
  const EventDefinition* definition = nullptr;
  const DetectorDefinition* detector = nullptr;  ///< that produced it; null for a base event
  const Event* cause = nullptr;  ///< what it was detected from; null for base events and timers'

  Completeness completeness;  ///< of its input

  // The parts of a detection besides its fields; its definition or the detection itself sets them.
  const wirehound_threat* threat = nullptr;            ///< null: none
  bool shows_cause = false;                            ///< "detectedFrom"
  bool shows_ancestry = false;                         ///< "processAncestry"
  std::span<const wirehound_process_info> ancestry{};  ///< nearest parent first

  /// Of an event of the engine about a detector: that detector, which does not see the event.
  const DetectorDefinition* subject = nullptr;
};

/// The struct_size of every event view this engine makes.
inline constexpr std::uint32_t kEventViewSize =
    WIREHOUND_STRUCT_SIZE(wirehound_event, detected_from);

}  // namespace wirehound
