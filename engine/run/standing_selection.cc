// SPDX-License-Identifier: Apache-2.0

#include "engine/run/standing_selection.h"

#include <algorithm>
#include <string_view>
#include <utility>

#include "engine/filters/event_filter.h"

namespace wirehound {

namespace {

using Items = std::vector<std::string> Selection::*;

Result<Plan> MakePlanFor(const Selection& selection, const DetectorSet& set,
                         const ScopeServices& services) {
  return MakePlan(selection, set.catalogue(), set.definitions(), set.graph(), services);
}

// A filter may contain commas and is one item; any other text is a list separated by commas.
std::vector<std::string> SplitItems(const std::vector<std::string>& lists, bool may_be_filters) {
  std::vector<std::string> items;
  for (const std::string& list : lists) {
    if (may_be_filters && IsFilter(list)) {
      items.push_back(list);
      continue;
    }
    std::size_t begin = 0;
    for (std::size_t comma = 0; comma != std::string::npos; begin = comma + 1) {
      comma = list.find(',', begin);
      items.push_back(list.substr(begin, comma == std::string::npos ? comma : comma - begin));
    }
  }
  return items;
}

bool IsExclusion(const std::string& item) { return !item.empty() && item.front() == '-'; }

class Pruner {
 public:
  Pruner(const DetectorSet& set, const ScopeServices& services) : set_(set), services_(services) {}

  // Removes the items of a list whose names are missing. `otherwise` replaces a list of exclusions
  // that all were removed: what they excluded is gone, and all the rest stays selected. Fails on an
  // item that is wrong for another reason than a missing name.
  Status Prune(Selection& selection, Items list, const std::string& otherwise) {
    const bool is_events = list == &Selection::events;
    std::vector<std::string> kept;
    bool excludes_only = true;
    for (const std::string& item : SplitItems(selection.*list, is_events)) {
      excludes_only = excludes_only && IsExclusion(item);
      Selection alone;
      (alone.*list) = {item};
      Result<Plan> plan = MakePlanFor(alone, set_, services_);
      if (plan) {
        kept.push_back(item);
      } else if (is_events && IsFilter(item) && ParseUserFilter(item, set_.catalogue())) {
        return std::move(plan).error();
      } else {
        missing_.push_back(plan.error().message());
      }
    }
    // A list of exclusions alone selects everything else. If the user selected by name and only the
    // exclusions are left, they must go too.
    if (!excludes_only && std::all_of(kept.begin(), kept.end(), IsExclusion)) {
      kept.clear();
    } else if (excludes_only && kept.empty() && !(selection.*list).empty()) {
      kept.push_back(otherwise);
    }
    selection.*list = std::move(kept);
    return {};
  }

  std::vector<std::string> TakeMissing() { return std::move(missing_); }

 private:
  const DetectorSet& set_;
  const ScopeServices& services_;
  std::vector<std::string> missing_;
};

}  // namespace

Result<StandingPlan> PlanStanding(const Selection& selection, const DetectorSet& set,
                                  const ScopeServices& services) {
  Result<Plan> whole = MakePlanFor(selection, set, services);
  if (whole) {
    return StandingPlan{*std::move(whole), {}};
  }
  if (selection.events.empty() && selection.detectors.empty()) {
    return std::move(whole).error();
  }
  Selection left = selection;
  Pruner pruner(set, services);
  WIREHOUND_TRY(pruner.Prune(left, &Selection::events, "default"));
  WIREHOUND_TRY(pruner.Prune(left, &Selection::detectors, "all"));
  if (left.events.empty() && left.detectors.empty()) {
    // An empty selection would mean the default events; an empty plan selects nothing.
    return StandingPlan{Plan(), pruner.TakeMissing()};
  }
  Plan plan = WIREHOUND_TRY(MakePlanFor(left, set, services));
  return StandingPlan{std::move(plan), pruner.TakeMissing()};
}

}  // namespace wirehound
