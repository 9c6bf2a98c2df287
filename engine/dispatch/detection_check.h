// SPDX-License-Identifier: Apache-2.0

// Checks whether a detection keeps the contract of abi/detector_abi.h and fits the definition of
// its event. Reads the plugin's memory and keeps no pointer into it. Dispatch thread.

#pragma once

#include <cstdint>
#include <string_view>

#include <wirehound/abi/detector_abi.h>

#include "engine/catalogue/event_definition.h"

namespace wirehound {

/// The most properties a threat may have.
inline constexpr std::uint32_t kMaxThreatProperties = 64;

/// Checks the whole detection before any of it is copied, so that a refused one takes no memory of
/// the queue. Returns a WIREHOUND_* status.
std::int32_t CheckDetection(const wirehound_finding& detection, const EventDefinition& definition);

/// The index of a field in the definition, or -1. `guess` is tried first: authors tend to give
/// fields in the order in which they declared them.
int FindFieldIndex(const EventDefinition& definition, std::string_view name, std::uint32_t guess);

}  // namespace wirehound
