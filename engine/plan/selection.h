// SPDX-License-Identifier: Apache-2.0

// Selection: what the user asked for, and how it becomes a plan. Control thread.

#pragma once

#include <span>
#include <string>
#include <vector>

#include <wirehound/definition.h>
#include <wirehound/result.h>

#include "engine/catalogue/catalogue.h"
#include "engine/filters/scope_services.h"
#include "engine/graph/dependency_graph.h"
#include "engine/plan/plan.h"

namespace wirehound {

/// The lists of the command line, not yet split at commas.
struct Selection {
  std::vector<std::string> events;  ///< --events: name, name*, -name, set, tag=…, or one filter
  std::vector<std::string> detectors;  ///< --detectors: id, id*, -id, all
  std::vector<std::string> scope;      ///< --scope: one clause each
};

/// The closure of a selection. An empty selection means the `default` set and every detector.
/// Several filters of one event are one filter. Unknown names, and filters that do not compile, are
/// the user's error; the message has the closest valid ones. The plan fails
/// for a detector whose own filters do not compile; DetectorSet keeps those out of the graph.
Result<Plan> MakePlan(const Selection& selection, const Catalogue& catalogue,
                      std::span<const DetectorDefinition* const> detectors,
                      const DependencyGraph& graph, const ScopeServices& services = {});

}  // namespace wirehound
