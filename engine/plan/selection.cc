// SPDX-License-Identifier: Apache-2.0

#include "engine/plan/selection.h"

#include <algorithm>
#include <optional>
#include <utility>

#include "engine/graph/availability.h"
#include "engine/plan/demands.h"
#include "engine/text/closest_name.h"

namespace wirehound {

namespace {

std::vector<std::string_view> SplitAtCommas(std::span<const std::string> lists) {
  std::vector<std::string_view> items;
  for (const std::string& list : lists) {
    std::string_view rest = list;
    while (true) {
      const std::size_t comma = rest.find(',');
      items.push_back(rest.substr(0, comma));
      if (comma == std::string_view::npos) {
        break;
      }
      rest.remove_prefix(comma + 1);
    }
  }
  return items;
}

bool Matches(std::string_view pattern, std::string_view name) {
  if (!pattern.empty() && pattern.back() == '*') {
    pattern.remove_suffix(1);
    return name.substr(0, pattern.size()) == pattern;
  }
  return name == pattern;
}

Error Unknown(std::string_view option, std::string_view item, std::string_view what,
              std::span<const std::string> valid) {
  std::string message =
      std::string(option) + ": no " + std::string(what) + " matches '" + std::string(item) + "'";
  const std::string hint = DidYouMean(item, valid);
  return {ErrorCode::kInvalidInput, hint.empty() ? message : message + "; " + hint};
}

// The ids an item of --events stands for.
Result<std::vector<std::uint32_t>> EventsOf(std::string_view item, const Catalogue& catalogue) {
  constexpr std::string_view kTag = "tag=";
  const bool is_tag = item.substr(0, kTag.size()) == kTag;
  const std::string_view pattern = is_tag ? item.substr(kTag.size()) : item;
  if (pattern.find(".data.") != pattern.npos || pattern.find(".scope.") != pattern.npos) {
    return Error(
        ErrorCode::kInvalidInput,
        "--events: '" + std::string(item) +
            "' has no operator; expected one of =, !=, <, <=, >, >= or ~ behind the field");
  }
  std::vector<std::uint32_t> ids;
  for (const EventDefinition& event : catalogue.events()) {
    const bool in_set =
        std::find(event.sets.begin(), event.sets.end(), pattern) != event.sets.end();
    if (in_set || (!is_tag && Matches(pattern, event.name))) {
      ids.push_back(event.id);
    }
  }
  if (ids.empty() && pattern != "default") {  // the one set that may well be empty
    const std::vector<std::string> valid = catalogue.SelectableNames();
    return Unknown("--events", pattern, is_tag ? "tag" : "event or set", valid);
  }
  return ids;
}

// What --events names: the events, and the filters of some of them.
struct SelectedEvents {
  struct Clauses {
    std::vector<std::string> data;
    std::vector<std::string> scope;
  };

  std::set<std::uint32_t> shown;
  std::map<std::uint32_t, Clauses> clauses;  // by event
};

// A filter selects its event.
Status TakeFilter(std::string_view item, const Catalogue& catalogue, SelectedEvents& selected) {
  Result<UserFilter> filter = ParseUserFilter(item, catalogue);
  if (!filter) {
    return std::move(filter).error().WithContext("--events");
  }
  selected.shown.insert(filter->event->id);
  SelectedEvents::Clauses& clauses = selected.clauses[filter->event->id];
  (filter->is_scope ? clauses.scope : clauses.data).push_back(std::move(filter->clause));
  return {};
}

// Takes the arguments that are filters; the others, which are lists, are the result.
Result<std::vector<std::string>> TakeFilters(const std::vector<std::string>& arguments,
                                             const Catalogue& catalogue, SelectedEvents& selected) {
  std::vector<std::string> lists;
  for (const std::string& argument : arguments) {
    if (!IsFilter(argument)) {
      lists.push_back(argument);
      continue;
    }
    WIREHOUND_TRY(TakeFilter(argument, catalogue, selected));
  }
  return lists;
}

Result<SelectedEvents> SelectEvents(const std::vector<std::string>& arguments,
                                    const Catalogue& catalogue) {
  SelectedEvents selected;
  const std::vector<std::string> lists = WIREHOUND_TRY(TakeFilters(arguments, catalogue, selected));
  std::set<std::uint32_t> excluded;
  bool only_exclusions = selected.shown.empty();
  for (std::string_view item : SplitAtCommas(lists)) {
    const bool exclude = !item.empty() && item.front() == '-';
    if (exclude) {
      item.remove_prefix(1);
    }
    const std::vector<std::uint32_t> ids = WIREHOUND_TRY(EventsOf(item, catalogue));
    (exclude ? excluded : selected.shown).insert(ids.begin(), ids.end());
    only_exclusions = only_exclusions && exclude;
  }
  if (only_exclusions) {
    for (const EventDefinition* event : catalogue.InSet("default")) {
      selected.shown.insert(event->id);
    }
  }
  for (const std::uint32_t id : excluded) {
    selected.shown.erase(id);
  }
  return selected;
}

std::optional<std::string> WhyLeftOut(std::size_t detector, const DependencyGraph& graph) {
  for (const LeftOut& left_out : graph.left_out) {
    if (left_out.detector == detector) {
      return left_out.reason;
    }
  }
  return std::nullopt;
}

// The detectors an item of --detectors stands for.
struct DetectorMatches {
  std::vector<std::size_t> able;
  std::string unable;  // "'x' cannot run: …" of the first that cannot, or ""
};

Result<DetectorMatches> DetectorsOf(std::string_view item,
                                    std::span<const DetectorDefinition* const> detectors,
                                    const DependencyGraph& graph) {
  DetectorMatches matches;
  std::vector<std::string> ids;
  for (std::size_t i = 0; i < detectors.size(); ++i) {
    const std::string& id = detectors[i]->id;
    ids.push_back(id);
    if (item != "all" && !Matches(item, id)) {
      continue;
    }
    const std::optional<std::string> reason = WhyLeftOut(i, graph);
    if (!reason) {
      matches.able.push_back(i);
    } else if (matches.unable.empty()) {
      matches.unable = "'" + id + "' cannot run: " + *reason;
    }
  }
  if (matches.able.empty() && matches.unable.empty() && item != "all") {
    return Unknown("--detectors", item, "detector", ids);
  }
  return matches;
}

Result<std::set<std::size_t>> SelectDetectors(const std::vector<std::string>& lists,
                                              std::span<const DetectorDefinition* const> detectors,
                                              const DependencyGraph& graph) {
  std::set<std::size_t> included;
  std::set<std::size_t> excluded;
  bool only_exclusions = !lists.empty();
  for (std::string_view item : SplitAtCommas(lists)) {
    const bool exclude = !item.empty() && item.front() == '-';
    if (exclude) {
      item.remove_prefix(1);
    }
    const DetectorMatches matches = WIREHOUND_TRY(DetectorsOf(item, detectors, graph));
    // "all" selects the detectors that can run. Any other item must select at least one of them.
    if (matches.able.empty() && !matches.unable.empty() && !exclude && item != "all") {
      return Error(ErrorCode::kInvalidInput, "--detectors: " + matches.unable);
    }
    (exclude ? excluded : included).insert(matches.able.begin(), matches.able.end());
    only_exclusions = only_exclusions && exclude;
  }
  if (only_exclusions) {
    included.insert(graph.order.begin(), graph.order.end());
  }
  for (const std::size_t detector : excluded) {
    included.erase(detector);
  }
  return included;
}

// Walks the order backwards, so that each detector is decided before those it gets events from.
Plan Close(std::set<std::uint32_t> shown, const Catalogue& catalogue,
           std::span<const DetectorDefinition* const> detectors, const DependencyGraph& graph) {
  Plan plan;
  plan.needed = shown;
  plan.shown = std::move(shown);
  for (auto it = graph.order.rbegin(); it != graph.order.rend(); ++it) {
    const DetectorDefinition& detector = *detectors[*it];
    const EventDefinition* produced = catalogue.Find(detector.produced_event.name);
    if (plan.needed.count(produced->id) == 0) {
      continue;
    }
    plan.detectors.push_back(*it);
    for (const EventRequirement& requirement : detector.requirements.events) {
      const EventDefinition* event = catalogue.Find(requirement.name);
      if (IsAvailable(requirement, event)) {
        plan.needed.insert(event->id);
      }
    }
  }
  std::reverse(plan.detectors.begin(), plan.detectors.end());
  return plan;
}

// Fields with names of addresses, and detectors that ask the DNS store, need the names that DNS
// teaches.
bool NeedsDnsStore(const Plan& plan, const Catalogue& catalogue,
                   std::span<const DetectorDefinition* const> detectors) {
  const auto shows_names = [&catalogue](std::uint32_t id) {
    const EventDefinition& event = *catalogue.Find(id);
    const bool is_base = event.detector_id.empty();
    return is_base && (event.FieldIndex("src_dns") >= 0 || event.FieldIndex("dst_dns") >= 0);
  };
  const auto uses_store = [&detectors](std::size_t index) {
    const auto& stores = detectors[index]->requirements.data_stores;
    return std::any_of(stores.begin(), stores.end(),
                       [](const NamedRequirement& store) { return store.name == "dns"; });
  };
  return std::any_of(plan.needed.begin(), plan.needed.end(), shows_names) ||
         std::any_of(plan.detectors.begin(), plan.detectors.end(), uses_store);
}

Status CompileEventFilters(const SelectedEvents& selected, const Catalogue& catalogue,
                           const ScopeServices& services, Plan& plan) {
  for (const auto& [id, clauses] : selected.clauses) {
    Result<EventFilter> filter =
        EventFilter::Compile(*catalogue.Find(id), clauses.data, clauses.scope, services);
    if (!filter) {
      return std::move(filter).error().WithContext("--events");
    }
    plan.filters.insert_or_assign(id, std::move(*filter));
  }
  return {};
}

}  // namespace

Result<Plan> MakePlan(const Selection& selection, const Catalogue& catalogue,
                      std::span<const DetectorDefinition* const> detectors,
                      const DependencyGraph& graph, const ScopeServices& services) {
  SelectedEvents selected;
  if (!selection.events.empty() || selection.detectors.empty()) {
    selected = WIREHOUND_TRY(SelectEvents(selection.events, catalogue));
  }
  const std::set<std::size_t> chosen =
      WIREHOUND_TRY(SelectDetectors(selection.detectors, detectors, graph));
  for (const std::size_t detector : chosen) {
    selected.shown.insert(catalogue.Find(detectors[detector]->produced_event.name)->id);
  }
  Plan plan = Close(selected.shown, catalogue, detectors, graph);
  WIREHOUND_TRY(CompileEventFilters(selected, catalogue, services, plan));
  Result<EventFilter> scope = EventFilter::CompileScope(selection.scope, services);
  if (!scope) {
    return std::move(scope).error().WithContext("--scope");
  }
  plan.scope = std::move(*scope);
  plan.needs_dns_store = NeedsDnsStore(plan, catalogue, detectors);
  for (const std::size_t index : plan.detectors) {
    Result<std::vector<Subscription>> subscriptions =
        MakeSubscriptions(*detectors[index], catalogue, services);
    if (!subscriptions) {
      return std::move(subscriptions).error().WithContext("detector " + detectors[index]->id);
    }
    plan.subscriptions.push_back(*std::move(subscriptions));
  }
  AddDemands(catalogue, detectors, plan);
  return plan;
}

}  // namespace wirehound
