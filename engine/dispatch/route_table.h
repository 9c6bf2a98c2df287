// SPDX-License-Identifier: Apache-2.0

// RouteTable: says for each event id whether the outputs show the event and which detectors see it.
// Two flat arrays, built anew for each plan and never changed. The control thread builds it, the
// dispatch thread reads it.

#pragma once

#include <cstdint>
#include <memory>
#include <span>
#include <vector>

#include "engine/dispatch/detector_instance.h"
#include "engine/filters/event_filter.h"
#include "engine/plan/plan.h"

namespace wirehound {

/// A detector that sees an event if one of its filters matches; without filters it sees every one.
struct Consumer {
  DetectorInstance* detector;
  const EventFilter* filters;
  std::uint32_t filter_count;

  bool Wants(const wirehound_event& event) const { return filter_count == 0 || MatchesAny(event); }

 private:
  bool MatchesAny(const wirehound_event& event) const {
    for (std::uint32_t i = 0; i < filter_count; ++i) {
      if (filters[i].Matches(event)) {
        return true;
      }
    }
    return false;
  }
};

struct Route {
  const EventFilter* shown_filter = nullptr;  ///< the user's filter; null: every event is shown
  std::uint32_t first_consumer = 0;
  std::uint32_t consumer_count = 0;
  bool shown = false;
};

class RouteTable {
 public:
  RouteTable() = default;

  /// The consumers of each event come in the order of `detectors`. Keeps pointers to the filters of
  /// `plan` and to the detectors; both must outlive the table.
  RouteTable(const Plan& plan, std::span<const std::unique_ptr<DetectorInstance>> detectors);

  const Route& Find(std::uint32_t event_id) const { return routes_[event_id]; }
  std::span<const Consumer> ConsumersOf(const Route& route) const {
    return {consumers_.data() + route.first_consumer, route.consumer_count};
  }

  /// The filter that every base event must match to exist at all (--scope).
  const EventFilter& scope() const { return *scope_; }
  /// Whether the user gave a filter or a scope.
  bool has_user_filters() const { return has_user_filters_; }

 private:
  std::vector<Route> routes_;           // by event id
  std::vector<Consumer> consumers_;     // grouped by event
  const EventFilter* scope_ = nullptr;  // null before there is a plan
  bool has_user_filters_ = false;
};

}  // namespace wirehound
