// SPDX-License-Identifier: Apache-2.0

// Applies the selection that the user made at start to detectors that have changed since. The rules
// are those of MakePlan, with one exception: a name that no longer exists is no error. The rest of
// the selection stays in force, and the name is selected again when it is back. No side effects;
// dispatch thread, between turns.

#pragma once

#include <string>
#include <vector>

#include <wirehound/result.h>

#include "engine/filters/scope_services.h"
#include "engine/plan/selection.h"
#include "engine/run/detector_set.h"

namespace wirehound {

/// A plan for the part of a selection that exists now.
struct StandingPlan {
  Plan plan;
  std::vector<std::string> missing;  ///< one line for each item whose name no longer exists
};

/// Fails when the name of an item exists but the rest of the item does not fit it, as with a filter
/// on a field that was removed.
Result<StandingPlan> PlanStanding(const Selection& selection, const DetectorSet& set,
                                  const ScopeServices& services);

}  // namespace wirehound
