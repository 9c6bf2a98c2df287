// SPDX-License-Identifier: Apache-2.0

// What the user selected at start, applied to detectors that have changed since. The rules are
// those of MakePlan; only a name that no longer exists is no error here: what else was selected
// goes on, and when the name is back it is selected again. Pure; dispatch thread, between turns.

#pragma once

#include <string>
#include <vector>

#include <wirehound/result.h>

#include "engine/filters/scope_services.h"
#include "engine/plan/selection.h"
#include "engine/run/detector_set.h"

namespace wirehound {

/// A plan for what there is of a selection.
struct StandingPlan {
  Plan plan;
  std::vector<std::string> missing;  ///< one line for each item that selects nothing now
};

/// Fails when an item that names what exists does not fit it: a filter on a field that is gone.
Result<StandingPlan> PlanStanding(const Selection& selection, const DetectorSet& set,
                                  const ScopeServices& services);

}  // namespace wirehound
