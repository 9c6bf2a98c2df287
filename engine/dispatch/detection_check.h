// SPDX-License-Identifier: Apache-2.0

// Whether a detection keeps the contract of abi/detector_abi.h and fits the definition of its
// event. Reads what a plugin points to and keeps nothing. Dispatch thread.

#pragma once

#include <cstdint>
#include <string_view>

#include <wirehound/abi/detector_abi.h>

#include "engine/catalogue/event_definition.h"

namespace wirehound {

/// Properties a threat may have.
inline constexpr std::uint32_t kMaxThreatProperties = 64;

/// Checks a detection as a whole, so that what is refused takes no room. A WIREHOUND_* status.
std::int32_t CheckDetection(const wirehound_finding& detection, const EventDefinition& definition);

/// The place of a field, or -1. `guess` is tried first: authors tend to give fields in the order
/// in which they declared them.
int FieldPlace(const EventDefinition& definition, std::string_view name, std::uint32_t guess);

}  // namespace wirehound
