// SPDX-License-Identifier: Apache-2.0

#include "engine/dispatch/dispatcher.h"

#include <algorithm>
#include <utility>

namespace wirehound {

std::unique_ptr<Dispatcher> Dispatcher::Start(const Plan& plan, const Catalogue& catalogue,
                                              const std::vector<LoadedDetector>& detectors,
                                              const std::vector<std::unique_ptr<Output>>& outputs) {
  std::unique_ptr<Dispatcher> dispatcher(new Dispatcher(outputs));
  for (const std::size_t index : plan.detectors) {
    auto instance = DetectorInstance::Start(detectors[index], catalogue, dispatcher->findings_);
    if (instance) {
      dispatcher->detectors_.push_back(std::move(*instance));
    } else {
      dispatcher->start_failures_.push_back(instance.error().message());
    }
  }
  dispatcher->Subscribe(plan, catalogue);
  return dispatcher;
}

void Dispatcher::Subscribe(const Plan& plan, const Catalogue& catalogue) {
  routes_.resize(catalogue.events().back().id + 1);
  for (const std::uint32_t id : plan.shown) {
    routes_[id].shown = true;
  }
  for (const auto& detector : detectors_) {
    for (const EventRequirement& requirement : detector->definition().requirements) {
      const EventDefinition* event = catalogue.Find(requirement.name);
      if (event == nullptr) {
        continue;  // optional, and not available
      }
      auto& consumers = routes_[event->id].consumers;
      // The same event required twice is one subscription.
      if (std::find(consumers.begin(), consumers.end(), detector.get()) == consumers.end()) {
        consumers.push_back(detector.get());
      }
    }
  }
}

void Dispatcher::Deliver(const Event& event) {
  const Route& route = routes_[event.view.event_id];
  if (route.shown) {
    Show(event);
  }
  for (DetectorInstance* consumer : route.consumers) {
    consumer->OnEvent(event);
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
  while (const Event* event = findings_.Pop()) {
    ++counters_.detector_events;
    Deliver(*event);
  }
  findings_.Clear();
}

void Dispatcher::Close() {
  for (const auto& detector : detectors_) {
    detector->Close();
  }
}

}  // namespace wirehound
