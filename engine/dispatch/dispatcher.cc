// SPDX-License-Identifier: Apache-2.0

// The dispatcher at work; dispatcher_setup.cc has how it comes to its detectors.

#include "engine/dispatch/dispatcher.h"

#include <algorithm>
#include <utility>

namespace wirehound {

// What comes before a base event is delivered, where anything does: its process is noted, once for
// each record, and the scope decides, which may ask for that process.
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
      Show(event);
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
    return DeliverToOthers(event, consumers);
  }
  for (const Consumer& consumer : consumers) {
    if (consumer.Wants(event.view)) [[likely]] {
      consumer.detector->OnEvent(event);
    } else {
      consumer.detector->CountFiltered();
    }
  }
}

// To all but the one it is about, which could otherwise fail on what is said of its failures.
void Dispatcher::DeliverToOthers(const Event& event, std::span<const Consumer> consumers) {
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

void Dispatcher::Show(const Event& event) {
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

// Stream time stands at the due time of each while it is handled, so that what it starts, and what
// its detections lead to, happens at that time.
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
  // Before the call, in which the detector may start it again or stop it.
  const wirehound_timer told = detector.timers().Expire(timer, now_ns);
  parts_.services.time.Advance(told.due_ns);
  timer_context_.timestamp_ns = told.due_ns;
  parts_.clock.Start();
  detector.OnTimer(told, timer_context_);
  EndOfTurn();
}

void Dispatcher::Close() {
  for (const auto& detector : detectors_) {
    detector->Close();
  }
}

}  // namespace wirehound
