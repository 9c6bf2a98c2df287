// SPDX-License-Identifier: Apache-2.0

#include "engine/plan/demands.h"

#include <string>
#include <utility>

#include "engine/graph/availability.h"
#include "engine/plan/packet_condition.h"

namespace wirehound {

namespace {

const EventFilter& EverythingPasses() {
  static const EventFilter kNoCondition;
  return kNoCondition;
}

void AddDemand(const EventDefinition& event, const EventFilter& filter, std::string by,
               Plan& plan) {
  PacketCondition condition = ConditionOf(event, filter, by, plan.engine_filters);
  plan.demands.push_back({event.id, std::move(by), std::move(condition)});
}

void AddShown(const Catalogue& catalogue, Plan& plan) {
  for (const std::uint32_t id : plan.shown) {
    const auto filter = plan.filters.find(id);
    AddDemand(*catalogue.Find(id),
              filter == plan.filters.end() ? EverythingPasses() : filter->second, "shown", plan);
  }
}

// A filter that does not compile here is one that lets everything pass: what is wrong with it is
// told when its detector starts.
void AddDetector(const DetectorDefinition& detector, const Catalogue& catalogue,
                 const ScopeServices& services, Plan& plan) {
  for (const EventRequirement& requirement : detector.requirements.events) {
    const EventDefinition* event = catalogue.Find(requirement.name);
    if (!IsAvailable(requirement, event)) {
      continue;
    }
    const Result<EventFilter> filter =
        EventFilter::Compile(*event, requirement.data_filters, requirement.scope_filters, services);
    AddDemand(*event, filter ? *filter : EverythingPasses(), "detector " + detector.id, plan);
  }
}

// Names are learnt from what everybody asks: a process may have another one ask for it.
void AddScope(Plan& plan) {
  CaptureScope scope = ScopeOf(plan.scope, plan.engine_filters);
  if (!plan.needs_dns_store) {
    plan.capture_scope = std::move(scope);
  } else if (!scope.empty()) {
    plan.engine_filters.push_back(
        {"the rest of --scope", "--scope",
         "names of addresses are needed, which are learnt from the DNS of every process"});
  }
}

}  // namespace

void AddDemands(const Catalogue& catalogue, std::span<const DetectorDefinition* const> detectors,
                const ScopeServices& services, Plan& plan) {
  AddShown(catalogue, plan);
  for (const std::size_t index : plan.detectors) {
    AddDetector(*detectors[index], catalogue, services, plan);
  }
  AddScope(plan);
}

}  // namespace wirehound
