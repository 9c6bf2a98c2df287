// SPDX-License-Identifier: Apache-2.0

// What the kernel has to hand over for a plan: the packets and the bytes that the pipeline's
// decoders need for the events the plan needs, and nothing else. Pure.

#pragma once

#include "engine/graph/selection.h"
#include "probes/capture_plan.h"

namespace wirehound {

CapturePlan CaptureNeeds(const Plan& plan);

}  // namespace wirehound
