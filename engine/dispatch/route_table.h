// SPDX-License-Identifier: Apache-2.0

// RouteTable: where events go, by id: whether the outputs see one, and which detectors do. Two
// flat arrays, made anew for each plan and never changed. Control thread makes it, dispatch thread
// reads it.

#pragma once

#include <cstdint>
#include <memory>
#include <span>
#include <vector>

#include "engine/dispatch/detector_instance.h"
#include "engine/filters/event_filter.h"
#include "engine/plan/plan.h"

namespace wirehound {

/// A detector that sees an event, if any of the filters lets it pass; without filters always.
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
  const EventFilter* shown_filter = nullptr;  ///< of the user; null: all are shown
  std::uint32_t first_consumer = 0;
  std::uint32_t consumer_count = 0;
  bool shown = false;
};

class RouteTable {
 public:
  RouteTable() = default;

  /// The consumers of each event come in the order of `detectors`. Uses the filters of `plan`,
  /// which must outlive this, as must the detectors.
  RouteTable(const Plan& plan, std::span<const std::unique_ptr<DetectorInstance>> detectors);

  const Route& Find(std::uint32_t event_id) const { return routes_[event_id]; }
  std::span<const Consumer> ConsumersOf(const Route& route) const {
    return {consumers_.data() + route.first_consumer, route.consumer_count};
  }

  /// Whose base events exist at all.
  const EventFilter& scope() const { return *scope_; }
  /// Whether the user filters anything.
  bool has_user_filters() const { return has_user_filters_; }

 private:
  std::vector<Route> routes_;           // by event id
  std::vector<Consumer> consumers_;     // those of one event in a row
  const EventFilter* scope_ = nullptr;  // null before there is a plan
  bool has_user_filters_ = false;
};

}  // namespace wirehound
