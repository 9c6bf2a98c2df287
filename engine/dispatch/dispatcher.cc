// SPDX-License-Identifier: Apache-2.0

// Delivery of events and timers; dispatcher_setup.cc starts, switches and closes the detectors.

#include "engine/dispatch/dispatcher.h"

#include <algorithm>
#include <utility>

namespace wirehound {

// Notes the process of a base event in the process store, once per record, and then asks the scope.
// In this order, because the scope and the detectors may ask the store about that very process.
bool Dispatcher::IsInScope(const Event& event) {
  const wirehound_event& view = event.view;
  if (notes_processes_ && (view.sequence != noted_sequence_ || view.process != noted_process_) &&
      view.process->process_entity_id != 0) {
    noted_sequence_ = view.sequence;
    noted_process_ = view.process;
    parts_.services.stores.processes.Note(*view.process);
  }
  if (routes_.scope().Matches(view)) {
    return true;
  }
  ++counters_.out_of_scope;
  return false;
}

void Dispatcher::Deliver(const Event& event) {
  const Route& route = routes_.Find(event.view.event_id);
  if (route.shown) {
    if (route.shown_filter == nullptr || route.shown_filter->Matches(event.view)) {
      SendToOutputs(event);
    } else {
      ++counters_.hidden;
    }
  }
  if (route.consumer_count == 0) {
    return;
  }
  const std::span<const Consumer> consumers = routes_.ConsumersOf(route);
  parts_.clock.Start();
  if (event.subject != nullptr) [[unlikely]] {
    return DeliverToAllButSubject(event, consumers);
  }
  for (const Consumer& consumer : consumers) {
    if (consumer.Wants(event.view)) [[likely]] {
      consumer.detector->OnEvent(event);
    } else {
      consumer.detector->CountFiltered();
    }
  }
}

// Skips the detector that the event is about. If it saw reports of its own failures, it could fail
// on each of them, and every failure would make the next report.
void Dispatcher::DeliverToAllButSubject(const Event& event, std::span<const Consumer> consumers) {
  for (const Consumer& consumer : consumers) {
    if (&consumer.detector->definition() == event.subject) {
      continue;
    }
    if (consumer.Wants(event.view)) {
      consumer.detector->OnEvent(event);
    } else {
      consumer.detector->CountFiltered();
    }
  }
}

void Dispatcher::SendToOutputs(const Event& event) {
  ++counters_.shown;
  for (const auto& output : outputs_) {
    Status status = output->OnEvent(event);
    if (!status && output_status_) {
      output_status_ = std::move(status);
    }
  }
}

void Dispatcher::EndOfTurn() {
  while (const Event* event = parts_.detections.Pop()) {
    ++(event->detector != nullptr ? counters_.detector_events : counters_.engine_events);
    Deliver(*event);
  }
  parts_.detections.Clear();
  parts_.services.stores.EndOfTurn();
  ++parts_.turn;
}

// While a timer is handled, stream time stands at its due time. So the timers it starts count from
// there, and its detections carry that time.
void Dispatcher::FireTimers(std::uint64_t now_ns) {
  now_ns = std::max(now_ns, parts_.services.time.now_ns);
  parts_.timers.Begin(now_ns);
  for (std::uint32_t fired = 0;; ++fired) {
    Timer* timer = parts_.timers.First();
    if (timer == nullptr || timer->due_ns > now_ns) {
      return;
    }
    if (fired == kMaxTimersAtOnce) {
      ++counters_.timers_postponed;
      return;
    }
    Fire(*timer, now_ns);
  }
}

void Dispatcher::Fire(Timer& timer, std::uint64_t now_ns) {
  ++counters_.timers;
  DetectorInstance& detector = *timer.detector;
  // Expire comes before the call, because the detector may start or stop the same timer in it.
  const wirehound_timer expired = detector.timers().Expire(timer, now_ns);
  parts_.services.time.Advance(expired.due_ns);
  timer_context_.timestamp_ns = expired.due_ns;
  parts_.clock.Start();
  detector.OnTimer(expired, timer_context_);
  EndOfTurn();
}

void Dispatcher::Close() {
  for (const auto& detector : detectors_) {
    detector->Close();
  }
}

}  // namespace wirehound
