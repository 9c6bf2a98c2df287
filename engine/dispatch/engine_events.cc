// SPDX-License-Identifier: Apache-2.0

#include "engine/dispatch/engine_events.h"

#include <span>

#include <wirehound/named_value.h>

namespace wirehound {

namespace {

// Ignores the status: when the queue is full, the queue counts the refused event.
void Push(DetectionQueue& detections, const EventDefinition& event,
          const DetectorDefinition& subject, std::span<const NamedValue> fields,
          const wirehound_event& context) {
  wirehound_finding detection{};
  detection.struct_size = WIREHOUND_STRUCT_SIZE(wirehound_finding, fields);
  detection.field_count = static_cast<std::uint32_t>(fields.size());
  detection.fields = fields.data();
  detections.Push(detection, {.event = &event, .subject = &subject}, {.context = &context});
}

}  // namespace

void EngineEvents::SetPlan(const Plan& plan, const Catalogue& catalogue) {
  const auto wanted = [&](BaseEventId id) {
    return plan.needed.count(id) == 0 ? nullptr : catalogue.Find(id);
  };
  suspended_ = wanted(kDetectorSuspended);
  over_budget_ = wanted(kDetectorOverBudget);
}

void EngineEvents::Report(const DetectorDefinition& detector, const DetectorSuspended& suspended,
                          const wirehound_event& context) {
  if (suspended_ == nullptr) {
    return;
  }
  const NamedValue fields[] = {{"detector", detector.id},
                               {"reason", suspended.reason},
                               {"count", suspended.count},
                               {"last_error", suspended.last_error}};
  Push(detections_, *suspended_, detector, fields, context);
}

void EngineEvents::Report(const DetectorDefinition& detector, const DetectorOverBudget& over_budget,
                          const wirehound_event& context) {
  if (over_budget_ == nullptr) {
    return;
  }
  const NamedValue fields[] = {{"detector", detector.id},
                               {"duration_ns", over_budget.duration_ns},
                               {"budget_ns", over_budget.budget_ns},
                               {"event", over_budget.event}};
  // The field "event" comes last and is left out for a timer.
  const std::size_t count = over_budget.event.empty() ? 3 : 4;
  Push(detections_, *over_budget_, detector, std::span(fields).first(count), context);
}

}  // namespace wirehound
