// SPDX-License-Identifier: Apache-2.0

#include "engine/plan/subscription.h"

#include <algorithm>
#include <set>
#include <utility>

#include "engine/filters/no_tree.h"
#include "engine/graph/availability.h"

namespace wirehound {

const EventDefinition* AvailableEvent(const EventRequirement& requirement,
                                      const Catalogue& catalogue) {
  const EventDefinition* event = catalogue.Find(requirement.name);
  return IsAvailable(requirement, event) ? event : nullptr;
}

Result<EventFilter> CompileRequirement(const EventRequirement& requirement,
                                       const EventDefinition& event,
                                       const ScopeServices& services) {
  static NoTree no_tree;
  Result<EventFilter> filter =
      EventFilter::Compile(event, requirement.data_filters, requirement.scope_filters,
                           {.tree = services.tree != nullptr ? services.tree : &no_tree});
  if (!filter) {
    return std::move(filter).error().WithContext("filter on event '" + requirement.name + "'");
  }
  return filter;
}

Result<Subscriptions> MakeSubscriptions(const DetectorDefinition& detector,
                                        const Catalogue& catalogue, const ScopeServices& services) {
  Subscriptions subscriptions;
  std::set<const EventDefinition*> unconditional;
  for (const EventRequirement& requirement : detector.requirements.events) {
    const EventDefinition* event = AvailableEvent(requirement, catalogue);
    if (event == nullptr) {
      continue;  // optional, and not available
    }
    EventFilter filter = WIREHOUND_TRY(CompileRequirement(requirement, *event, services));
    auto found = std::find_if(subscriptions.begin(), subscriptions.end(),
                              [event](const Subscription& known) { return known.event == event; });
    if (found == subscriptions.end()) {
      found = subscriptions.insert(subscriptions.end(), {event, {}});
    }
    if (filter.empty()) {
      unconditional.insert(event);
    } else {
      found->filters.push_back(std::move(filter));
    }
  }
  for (Subscription& subscription : subscriptions) {
    if (unconditional.count(subscription.event) != 0) {
      subscription.filters.clear();
    }
  }
  return subscriptions;
}

}  // namespace wirehound
