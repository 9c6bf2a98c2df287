// SPDX-License-Identifier: Apache-2.0

// EngineEvents: the events the engine makes about its detectors: one was suspended, one took too
// long. They go through the queue of detections, behind the event being dispatched, with its time
// and process. Not made when nobody wants them, and never shown to the detector they are about.
// Dispatch thread.

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
  std::uint64_t count;          ///< of them, in a row
  std::string_view last_error;  ///< "" for time
};

struct DetectorOverBudget {
  std::string_view event;  ///< that took so long, "" for a timer
  std::uint64_t duration_ns;
  std::uint64_t budget_ns;
};

class EngineEvents {
 public:
  /// `detections` must outlive this.
  explicit EngineEvents(DetectionQueue& detections) : detections_(detections) {}

  /// From here on what this plan needs is made.
  void Follow(const Plan& plan, const Catalogue& catalogue);

  /// `context` is that of the event or timer the detector was called for.
  void Report(const DetectorDefinition& detector, const DetectorSuspended& suspended,
              const wirehound_event& context);
  void Report(const DetectorDefinition& detector, const DetectorOverBudget& over_budget,
              const wirehound_event& context);

 private:
  DetectionQueue& detections_;
  const EventDefinition* suspended_ = nullptr;  // null: nobody wants it
  const EventDefinition* over_budget_ = nullptr;
};

}  // namespace wirehound
