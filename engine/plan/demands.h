// SPDX-License-Identifier: Apache-2.0

// Demands: which events of a plan the outputs and the detectors need, and what each filter on them
// asks of packets. Control thread.

#pragma once

#include <span>

#include <wirehound/definition.h>

#include "engine/catalogue/catalogue.h"
#include "engine/plan/plan.h"

namespace wirehound {

/// Fills in plan.demands, plan.capture_scope and plan.engine_filters from the rest of the plan.
/// Call it before the dispatcher takes the filters out of the plan.
void AddDemands(const Catalogue& catalogue, std::span<const DetectorDefinition* const> detectors,
                Plan& plan);

}  // namespace wirehound
