// SPDX-License-Identifier: Apache-2.0

#include "engine/plan/demands.h"

#include <string>
#include <utility>

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

void AddSubscriptions(const std::vector<Subscription>& subscriptions, const std::string& by,
                      Plan& plan) {
  for (const Subscription& subscription : subscriptions) {
    if (subscription.filters.empty()) {
      AddDemand(*subscription.event, EverythingPasses(), by, plan);
    }
    for (const EventFilter& filter : subscription.filters) {
      AddDemand(*subscription.event, filter, by, plan);
    }
  }
}

// The DNS store learns from the DNS of every process, since one process may resolve names for
// another: then the kernel cannot apply the scope.
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
                Plan& plan) {
  AddShown(catalogue, plan);
  for (std::size_t i = 0; i < plan.detectors.size(); ++i) {
    AddSubscriptions(plan.subscriptions[i], "detector " + detectors[plan.detectors[i]]->id, plan);
  }
  AddScope(plan);
}

}  // namespace wirehound
