// SPDX-License-Identifier: Apache-2.0

// EngineEvents: makes the events that the engine reports about its detectors: a detector was
// suspended, or a call took too long. It puts them into the queue of detections, behind the event
// being dispatched, with the time and process of that event. It makes only events that the plan
// needs. The dispatcher never shows such an event to the detector that it is about. Dispatch
// thread.

#pragma once

#include <cstdint>
#include <string_view>

#include <wirehound/abi/detector_abi.h>

#include "engine/catalogue/catalogue.h"
#include "engine/dispatch/detection_queue.h"
#include "engine/plan/plan.h"

namespace wirehound {

struct DetectorSuspended {
  std::string_view reason;      ///< "errors" or "time_budget"
  std::uint64_t count;          ///< errors or overruns in a row
  std::string_view last_error;  ///< "" when the reason is "time_budget"
};

struct DetectorOverBudget {
  std::string_view event;  ///< name of the event it was called with, "" for a timer
  std::uint64_t duration_ns;
  std::uint64_t budget_ns;
};

class EngineEvents {
 public:
  /// `detections` must outlive this.
  explicit EngineEvents(DetectionQueue& detections) : detections_(detections) {}

  /// From here on makes the events that this plan needs.
  void SetPlan(const Plan& plan, const Catalogue& catalogue);

  /// `context` is the event, or the context of the timer, that the detector was called with.
  void Report(const DetectorDefinition& detector, const DetectorSuspended& suspended,
              const wirehound_event& context);
  void Report(const DetectorDefinition& detector, const DetectorOverBudget& over_budget,
              const wirehound_event& context);

 private:
  DetectionQueue& detections_;
  const EventDefinition* suspended_ = nullptr;  // null: the plan does not need it
  const EventDefinition* over_budget_ = nullptr;
};

}  // namespace wirehound
