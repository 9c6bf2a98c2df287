// SPDX-License-Identifier: Apache-2.0

// From a compiled filter to what it asks of packets. What packets cannot be asked is left out,
// which lets more pass, and named. Pure; control thread.

#pragma once

#include <string>
#include <vector>

#include "engine/catalogue/event_definition.h"
#include "engine/filters/event_filter.h"
#include "engine/plan/event_demand.h"

namespace wirehound {

/// What packets have to be like for `filter` to let an event made of them pass, never more than
/// that. What the condition does not say of the filter is added to `engine_filters`.
PacketCondition ConditionOf(const EventDefinition& event, const EventFilter& filter,
                            const std::string& by, std::vector<EngineFilter>& engine_filters);

/// What `filter`, a --scope, asks of the owner of a packet, and the rest to `engine_filters`.
CaptureScope ScopeOf(const EventFilter& filter, std::vector<EngineFilter>& engine_filters);

}  // namespace wirehound
