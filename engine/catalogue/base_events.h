// SPDX-License-Identifier: Apache-2.0

// The base events: those the engine makes from packets, and those about its detectors. The one
// place where their names, fields, versions and sets are written down. Control thread.

#pragma once

#include <deque>

#include "engine/catalogue/event_definition.h"

namespace wirehound {

/// All base events in the order of their ids.
std::deque<EventDefinition> BaseEvents();

}  // namespace wirehound
