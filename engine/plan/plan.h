// SPDX-License-Identifier: Apache-2.0

// Plan: the needs of a selection, closed over the graph of detectors: which events are made, which
// are shown, which detectors run, and which packets all of that is made from. The engine does
// nothing that the plan does not ask for. Made by MakePlan (selection.h) on the control thread.

#pragma once

#include <cstddef>
#include <cstdint>
#include <map>
#include <set>
#include <vector>

#include "engine/filters/event_filter.h"
#include "engine/plan/event_demand.h"
#include "engine/plan/subscription.h"

namespace wirehound {

/// What the engine has to do for a selection.
struct Plan {
  std::set<std::uint32_t> shown;       ///< ids of events that go to the outputs
  std::set<std::uint32_t> needed;      ///< ids of events that must be made: shown or consumed
  std::vector<std::size_t> detectors;  ///< indices of those that run, in the order of the graph
  std::vector<Subscriptions> subscriptions;      ///< of each of `detectors`, in that order
  std::map<std::uint32_t, EventFilter> filters;  ///< by event: which of them are shown
  EventFilter scope;                             ///< whose base events exist at all
  bool needs_dns_store = false;                  ///< DNS is decoded for the names it teaches
  std::vector<EventDemand> demands;              ///< base events with their consumers and packets
  CaptureScope capture_scope;                    ///< the part of the scope that the kernel applies
  std::vector<EngineFilter> engine_filters;  ///< parts of filters that the kernel does not apply
};

}  // namespace wirehound
