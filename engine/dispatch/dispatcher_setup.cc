// SPDX-License-Identifier: Apache-2.0

// Start, switch and close of the detectors of a dispatcher. Prepare does everything that can fail
// while the old detectors still run; SwitchTo then changes over without a way to fail.

#include <algorithm>
#include <utility>

#include "engine/dispatch/dispatcher.h"
#include "probes/capture/record.h"

namespace wirehound {

namespace {

bool UsesProcesses(const DetectorDefinition& definition) {
  const auto names = [](const std::vector<NamedRequirement>& list, std::string_view name) {
    return std::any_of(list.begin(), list.end(), [name](const NamedRequirement& requirement) {
      return requirement.name == name;
    });
  };
  return definition.auto_populate.ancestry ||
         names(definition.requirements.data_stores, "process") ||
         names(definition.requirements.data_stores, "container") ||
         names(definition.requirements.enrichments, "ancestry");
}

// A compiled filter no longer shows what it asks, so each one counts as asking about processes.
bool HasFilters(const DetectorInstance& detector) {
  const std::vector<Subscription>& subscriptions = detector.subscriptions();
  return std::any_of(
      subscriptions.begin(), subscriptions.end(),
      [](const Subscription& subscription) { return !subscription.filters.empty(); });
}

// The user's configuration of a detector, or its defaults.
Result<DetectorConfig> ConfigOf(const DispatcherSetup& setup, const DetectorDefinition& detector) {
  const auto found = setup.configs.find(detector.id);
  return found != setup.configs.end() ? Result<DetectorConfig>(found->second)
                                      : DetectorConfig::Make(detector, {});
}

}  // namespace

Dispatcher::Dispatcher(const DetectorServices& services,
                       const std::vector<std::unique_ptr<Output>>& outputs)
    : outputs_(outputs), parts_(services) {
  timer_context_.struct_size = kEventViewSize;
  timer_context_.process = &UnknownProcess();
  timer_context_.owner_source = WIREHOUND_OWNER_NONE;
}

std::unique_ptr<Dispatcher> Dispatcher::Start(const DispatcherSetup& setup,
                                              const DetectorServices& services,
                                              const std::vector<std::unique_ptr<Output>>& outputs) {
  std::unique_ptr<Dispatcher> dispatcher(new Dispatcher(services, outputs));
  dispatcher->SwitchTo(setup, dispatcher->Prepare(setup));
  return dispatcher;
}

Status Dispatcher::Adopt(const DispatcherSetup& setup) {
  if (!parts_.detections.empty()) {
    return Error("detectors cannot be changed in the middle of a turn");
  }
  Prepared prepared = Prepare(setup);
  for (const auto& [id, failure] : prepared.failures) {
    if (failed_.count(id) == 0) {
      return Error(failure);  // the destructor of `prepared` closes the detectors it started
    }
  }
  SwitchTo(setup, std::move(prepared));
  return {};
}

void Dispatcher::SetLimits(const DetectorLimits& limits) {
  parts_.services.limits = limits;
  parts_.clock.SetBudget(limits.time_budget_ns);
}

Dispatcher::Prepared Dispatcher::Prepare(const DispatcherSetup& setup) {
  Prepared prepared;
  for (std::size_t i = 0; i < setup.plan.detectors.size(); ++i) {
    const LoadedDetector& detector = *setup.detectors[setup.plan.detectors[i]];
    const Subscriptions& subscriptions = setup.plan.subscriptions[i];
    const std::string& id = detector.definition.id;
    const Result<DetectorConfig> config = ConfigOf(setup, detector.definition);
    if (!config) {
      prepared.failures[id] = config.error().message();
      continue;
    }
    const InstanceSetup wanted = {detector, *config, setup.catalogue, subscriptions};
    if (DetectorInstance* running = FindRunning(wanted)) {
      prepared.order.push_back({running, &subscriptions});
      continue;
    }
    auto started = DetectorInstance::Start(wanted, parts_);
    if (started) {
      prepared.order.push_back({started->get(), &subscriptions});
      prepared.started.push_back(*std::move(started));
    } else {
      prepared.failures[id] = started.error().message();
    }
  }
  return prepared;
}

DetectorInstance* Dispatcher::FindRunning(const InstanceSetup& setup) const {
  const auto found = std::find_if(
      detectors_.begin(), detectors_.end(),
      [&setup](const std::unique_ptr<DetectorInstance>& d) { return d->IsSameAs(setup); });
  return found == detectors_.end() ? nullptr : found->get();
}

// Cannot fail. Every detector gets the subscriptions of the new plan before the route table is
// built, because the table keeps pointers to their filters.
void Dispatcher::SwitchTo(const DispatcherSetup& setup, Prepared prepared) {
  std::vector<std::unique_ptr<DetectorInstance>> before = std::move(detectors_);
  std::move(prepared.started.begin(), prepared.started.end(), std::back_inserter(before));
  detectors_.clear();
  for (const auto& [wanted, subscriptions] : prepared.order) {
    const auto found = std::find_if(before.begin(), before.end(),
                                    [wanted = wanted](const std::unique_ptr<DetectorInstance>& d) {
                                      return d.get() == wanted;
                                    });
    detectors_.push_back(std::move(*found));
    before.erase(found);
    detectors_.back()->SetOrder(static_cast<std::uint32_t>(detectors_.size()));
    detectors_.back()->SetSubscriptions(*subscriptions);
  }
  routes_ = RouteTable(setup.plan, detectors_);
  parts_.engine_events.SetPlan(setup.plan, setup.catalogue);
  notes_processes_ = NeedsProcesses();
  checks_base_events_ = notes_processes_ || !routes_.scope().empty();
  failed_ = std::move(prepared.failures);
  start_failures_.clear();
  for (const auto& [id, failure] : failed_) {
    start_failures_.push_back(failure);
  }
  Retire(before);
}

void Dispatcher::Retire(const std::vector<std::unique_ptr<DetectorInstance>>& detectors) {
  for (const auto& detector : detectors) {
    detector->Close();
    past_[detector->definition().id].Add(detector->counters());
  }
}

bool Dispatcher::NeedsProcesses() const {
  return routes_.has_user_filters() ||
         std::any_of(detectors_.begin(), detectors_.end(),
                     [](const std::unique_ptr<DetectorInstance>& detector) {
                       return UsesProcesses(detector->definition()) || HasFilters(*detector);
                     });
}

}  // namespace wirehound
