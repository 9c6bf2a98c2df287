// SPDX-License-Identifier: Apache-2.0

// From a plan to the capture rules of the kernel: the packets, and the bytes of each, that the
// decoders need for the events of the plan, as far as the filters can be asked of packets. Pure.

#pragma once

#include <vector>

#include "engine/plan/plan.h"
#include "probes/capture/capture_plan.h"

namespace wirehound {

/// The rules for the kernel, and the filters that only the engine applies.
struct CaptureDecision {
  CapturePlan capture;
  std::vector<EngineFilter> engine_filters;  ///< why the kernel passes more than is needed
};

/// Never narrower than the plan's events need. An event without a demand in plan.demands gets all
/// of its packets. At most kMaxCaptureRules rules, with lists of at most kMaxConditionValues.
CaptureDecision DecideCapture(const Plan& plan);

/// The rules alone.
CapturePlan CaptureNeeds(const Plan& plan);

}  // namespace wirehound
