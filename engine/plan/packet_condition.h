// SPDX-License-Identifier: Apache-2.0

// From a compiled filter to its condition on packets. A part of the filter that packets cannot be
// asked is left out of the condition, which lets more packets pass, and is named. Pure; control
// thread.

#pragma once

#include <string>
#include <vector>

#include "engine/catalogue/event_definition.h"
#include "engine/filters/event_filter.h"
#include "engine/plan/event_demand.h"

namespace wirehound {

/// The condition that a packet meets whenever an event made of it can pass `filter`; it may let
/// more packets pass. The parts of the filter that it leaves out are added to `engine_filters`.
PacketCondition ConditionOf(const EventDefinition& event, const EventFilter& filter,
                            const std::string& by, std::vector<EngineFilter>& engine_filters);

/// The part of `filter`, a --scope, that the kernel can ask of the owner of a packet. The rest is
/// added to `engine_filters`.
CaptureScope ScopeOf(const EventFilter& filter, std::vector<EngineFilter>& engine_filters);

}  // namespace wirehound
