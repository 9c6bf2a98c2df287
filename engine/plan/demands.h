// SPDX-License-Identifier: Apache-2.0

// Who needs which events of a plan, and what each of their filters asks of packets. Control thread.

#pragma once

#include <span>

#include <wirehound/definition.h>

#include "engine/catalogue/catalogue.h"
#include "engine/plan/plan.h"

namespace wirehound {

/// Fills in plan.demands, plan.capture_scope and plan.engine_filters from the rest of the plan,
/// whose filters must be there still.
void AddDemands(const Catalogue& catalogue, std::span<const DetectorDefinition* const> detectors,
                Plan& plan);

}  // namespace wirehound
