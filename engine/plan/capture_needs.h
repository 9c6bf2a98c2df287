// SPDX-License-Identifier: Apache-2.0

// What the kernel has to hand over for a plan: the packets and the bytes that the pipeline's
// decoders need for the events the plan needs, as far as filters let them pass, and nothing else.
// Pure.

#pragma once

#include <vector>

#include "engine/plan/plan.h"
#include "probes/capture/capture_plan.h"

namespace wirehound {

/// What is asked of the kernel, and what is not.
struct CaptureDecision {
  CapturePlan capture;
  std::vector<EngineFilter> engine_filters;  ///< that more passes than is needed because of
};

/// Never narrower than what the plan's events need. An event that plan.demands says nothing of is
/// needed whole. At most kMaxCaptureRules rules, lists of at most kMaxConditionValues.
CaptureDecision DecideCapture(const Plan& plan);

/// The same without the words.
CapturePlan CaptureNeeds(const Plan& plan);

}  // namespace wirehound
