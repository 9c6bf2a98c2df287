// SPDX-License-Identifier: Apache-2.0

// Selection: what the user asked for, and the closure of it: which events must exist, which are
// shown, which detectors run. Everything else is not even decoded. Control thread, at start.

#pragma once

#include <cstddef>
#include <cstdint>
#include <map>
#include <set>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include <wirehound/definition.h>
#include <wirehound/result.h>

#include "engine/catalogue/catalogue.h"
#include "engine/filters/event_filter.h"
#include "engine/graph/dependency_graph.h"
#include "engine/plan/event_demand.h"

namespace wirehound {

/// The lists of the command line, not yet split at commas.
struct Selection {
  std::vector<std::string> events;  ///< --events: name, name*, -name, set, tag=…, or one filter
  std::vector<std::string> detectors;  ///< --detectors: id, id*, -id, all
  std::vector<std::string> scope;      ///< --scope: one clause each
};

/// What the engine has to do for a selection.
struct Plan {
  std::set<std::uint32_t> shown;       ///< ids of events that go to the outputs
  std::set<std::uint32_t> needed;      ///< ids of events that must be made: shown or consumed
  std::vector<std::size_t> detectors;  ///< indices of those that run, in the order of the graph
  std::map<std::uint32_t, EventFilter> filters;  ///< by event: which of them are shown
  EventFilter scope;                             ///< whose base events exist at all
  bool needs_dns_store = false;                  ///< DNS is decoded for the names it teaches
  std::vector<EventDemand> demands;  ///< who needs which base events, and of which packets
  CaptureScope capture_scope;        ///< what of the scope packets are asked before they are copied
  std::vector<EngineFilter> engine_filters;  ///< parts of filters that packets are not asked
};

/// The closure of a selection. An empty selection means the `default` set and every detector.
/// Several filters of one event are one filter. Unknown names, and filters that do not compile, are
/// the user's error; the message has the closest valid ones.
Result<Plan> MakePlan(const Selection& selection, const Catalogue& catalogue,
                      std::span<const DetectorDefinition* const> detectors,
                      const DependencyGraph& graph, const ScopeServices& services = {});

}  // namespace wirehound
