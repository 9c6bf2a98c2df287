// SPDX-License-Identifier: Apache-2.0

#include "engine/dispatch/route_table.h"

#include <algorithm>
#include <map>

namespace wirehound {

namespace {

// Starts at kFirstDetectorEventId so that every base event has a route: right after a switch the
// pipeline may still make base events that only the previous plan needed.
std::uint32_t LargestId(const Plan& plan,
                        std::span<const std::unique_ptr<DetectorInstance>> detectors) {
  std::uint32_t largest = kFirstDetectorEventId;
  const auto include = [&largest](std::uint32_t id) { largest = std::max(largest, id); };
  std::for_each(plan.shown.begin(), plan.shown.end(), include);
  std::for_each(plan.needed.begin(), plan.needed.end(), include);
  for (const auto& detector : detectors) {
    include(detector->produced().id);
    for (const Subscription& subscription : detector->subscriptions()) {
      include(subscription.event->id);
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
