// SPDX-License-Identifier: Apache-2.0

#include "engine/dispatch/route_table.h"

#include <algorithm>
#include <map>

namespace wirehound {

namespace {

// Every base event has a route: those the pipeline makes may be of the plan before this one.
std::uint32_t LargestId(const Plan& plan,
                        std::span<const std::unique_ptr<DetectorInstance>> detectors) {
  std::uint32_t largest = kFirstDetectorEventId;
  const auto take = [&largest](std::uint32_t id) { largest = std::max(largest, id); };
  std::for_each(plan.shown.begin(), plan.shown.end(), take);
  std::for_each(plan.needed.begin(), plan.needed.end(), take);
  for (const auto& detector : detectors) {
    take(detector->produced().id);
    for (const Subscription& subscription : detector->subscriptions()) {
      take(subscription.event->id);
    }
  }
  return largest;
}

}  // namespace

RouteTable::RouteTable(const Plan& plan,
                       std::span<const std::unique_ptr<DetectorInstance>> detectors)
    : routes_(LargestId(plan, detectors) + 1),
      scope_(&plan.scope),
      has_user_filters_(!plan.filters.empty() || !plan.scope.empty()) {
  for (const std::uint32_t id : plan.shown) {
    routes_[id].shown = true;
  }
  for (const auto& [id, filter] : plan.filters) {
    if (id < routes_.size() && !filter.empty()) {
      routes_[id].shown_filter = &filter;
    }
  }
  std::map<std::uint32_t, std::vector<Consumer>> by_event;
  for (const auto& detector : detectors) {
    for (const Subscription& subscription : detector->subscriptions()) {
      by_event[subscription.event->id].push_back(
          {detector.get(), subscription.filters.data(),
           static_cast<std::uint32_t>(subscription.filters.size())});
    }
  }
  for (const auto& [id, consumers] : by_event) {
    routes_[id].first_consumer = static_cast<std::uint32_t>(consumers_.size());
    routes_[id].consumer_count = static_cast<std::uint32_t>(consumers.size());
    consumers_.insert(consumers_.end(), consumers.begin(), consumers.end());
  }
}

}  // namespace wirehound
