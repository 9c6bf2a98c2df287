// SPDX-License-Identifier: Apache-2.0

// Event: one event on its way through the engine: the view detectors see, what the catalogue says
// of it, and what caused it. Lives until its record is done; owns nothing. Dispatch thread.

#pragma once

#include <wirehound/abi/detector_abi.h>
#include <wirehound/definition.h>

#include "engine/catalogue/event_definition.h"

namespace wirehound {

struct Event {
  wirehound_event view{};
  const EventDefinition* definition = nullptr;
  const DetectorDefinition* detector = nullptr;  ///< who detected it; null for a base event
  const Event* cause = nullptr;                  ///< what it was detected from; null likewise
};

/// The struct_size of every event view this engine makes.
inline constexpr std::uint32_t kEventViewSize = WIREHOUND_STRUCT_SIZE(wirehound_event, syscall);

}  // namespace wirehound
