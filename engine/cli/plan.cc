// SPDX-License-Identifier: Apache-2.0

// `wirehound plan`: shows what the engine would do for a selection: the events it would make and
// who needs each, the hooks it would attach, the packets it would copy and how many bytes of each,
// and the filters that the kernel cannot apply. Needs no privileges and changes nothing. Control
// thread.

#include <algorithm>
#include <cstdio>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include <fmt/format.h>
#include <fmt/ranges.h>
#include <nlohmann/json.hpp>

#include "engine/cli/commands.h"
#include "engine/filters/no_tree.h"
#include "engine/plan/capture_needs.h"
#include "engine/plan/event_packets.h"
#include "engine/plan/rule_text.h"
#include "engine/plan/selection.h"
#include "engine/run/detector_set.h"
#include "engine/text/utf8_text.h"
#include "probes/live/hooks.h"

namespace wirehound {

namespace {

using Json = nlohmann::ordered_json;

// What both the text and the JSON form print, in this order.
struct PlanView {
  struct NeededEvent {
    const EventDefinition* definition;
    std::vector<std::string> by;
  };

  std::vector<NeededEvent> events;
  std::vector<std::string> detectors;
  CaptureDecision decision;
  std::vector<KnownHook> hooks;  // that capture would attach

  bool captures() const { return !decision.capture.rules.empty(); }
};

void AddOnce(std::vector<std::string>& list, const std::string& item) {
  if (std::find(list.begin(), list.end(), item) == list.end()) {
    list.push_back(item);
  }
}

// The consumers of an event, each once.
std::vector<std::string> NeededBy(const Plan& plan, std::uint32_t event) {
  std::vector<std::string> by;
  for (const EventDemand& demand : plan.demands) {
    if (demand.event == event) {
      AddOnce(by, demand.by);
    }
  }
  return by;
}

PlanView MakeView(const Plan& plan, const DetectorSet& set) {
  PlanView view;
  for (const std::uint32_t event : plan.needed) {
    view.events.push_back({set.catalogue().Find(event), NeededBy(plan, event)});
  }
  for (const std::size_t detector : plan.detectors) {
    view.detectors.push_back(set.definitions()[detector]->id);
  }
  view.decision = DecideCapture(plan);
  if (view.captures()) {
    view.hooks = KnownHooks();
  }
  return view;
}

// Escapes control characters: the text may come from a plugin.
std::string Printable(std::string_view text) {
  std::string printable;
  AppendPrintable(printable, text);
  return printable;
}

// `needs_names`: the DNS store needs DNS decoded, even when no DNS event is needed.
void PrintEvents(const PlanView& view, bool needs_names) {
  fmt::print("EVENTS\n");
  for (const PlanView::NeededEvent& event : view.events) {
    fmt::print("  {:<26} {}\n", Printable(event.definition->name),
               Printable(fmt::to_string(fmt::join(event.by, ", "))));
  }
  if (needs_names) {
    fmt::print("  {:<26} {}\n", "(DNS)", "names of addresses, which events or detectors use");
  }
  if (view.events.empty()) {
    fmt::print("  none\n");
  }
  fmt::print(
      "\nDETECTORS\n  {}\n",
      view.detectors.empty() ? "none" : Printable(fmt::to_string(fmt::join(view.detectors, ", "))));
}

void PrintHooks(const PlanView& view, const std::string& cgroup) {
  fmt::print("\nHOOKS\n");
  if (!view.captures()) {
    fmt::print("  nothing is attached\n");
    return;
  }
  fmt::print("  at {}; for each need the best that this kernel takes ('wirehound doctor')\n",
             cgroup.empty() ? "the root of the control groups" : cgroup);
  for (std::size_t i = 0; i < view.hooks.size();) {
    const HookNeed need = view.hooks[i].need;
    std::string names;
    for (; i < view.hooks.size() && view.hooks[i].need == need; ++i) {
      names += (names.empty() ? "" : ", ") + std::string(view.hooks[i].name);
    }
    fmt::print("  {:<17} {}\n", HookNeedText(need), names);
  }
  if (view.hooks.empty()) {
    fmt::print("  none: this build has no live capture\n");
  }
}

void PrintCapture(const PlanView& view) {
  fmt::print("\nPACKETS\n");
  for (const CaptureRule& rule : view.decision.capture.rules) {
    fmt::print("  {}\n", RuleText(rule));
  }
  if (!view.captures()) {
    fmt::print("  none\n");
  }
  fmt::print("\nPROCESSES\n");
  const std::vector<std::string> scope = ScopeTexts(view.decision.capture.scope);
  for (const std::string& line : scope) {
    fmt::print("  {}\n", Printable(line));
  }
  if (scope.empty()) {
    fmt::print("  all\n");
  }
}

void PrintEngineFilters(const PlanView& view) {
  fmt::print("\nAPPLIED BY THE ENGINE ONLY\n");
  for (const EngineFilter& filter : view.decision.engine_filters) {
    fmt::print("  {} ({})\n      {}\n", Printable(filter.filter), Printable(filter.by),
               filter.reason);
  }
  if (view.decision.engine_filters.empty()) {
    fmt::print("  none\n");
  }
}

Json PortsJson(const std::vector<PortRange>& ports) {
  Json list = Json::array();
  for (const PortRange& range : ports) {
    list.push_back(PortText(range));
  }
  return list;
}

Json PrefixesJson(const std::vector<AddressPrefix>& prefixes) {
  Json list = Json::array();
  for (const AddressPrefix& prefix : prefixes) {
    list.push_back(PrefixText(prefix));
  }
  return list;
}

Json RuleJson(const CaptureRule& rule) {
  return {{"packets", PacketClassText(rule.packets)},
          {"copied", AmountText(rule.packets, rule.amount)},
          {"directions", DirectionsText(rule.directions)},
          {"srcPorts", PortsJson(rule.src_ports)},
          {"dstPorts", PortsJson(rule.dst_ports)},
          {"eitherPorts", PortsJson(rule.either_ports)},
          {"srcAddresses", PrefixesJson(rule.src_addresses)},
          {"dstAddresses", PrefixesJson(rule.dst_addresses)},
          {"eitherAddresses", PrefixesJson(rule.either_addresses)},
          {"text", RuleText(rule)}};
}

Json ViewJson(const PlanView& view, const std::string& cgroup, bool needs_names) {
  Json json = {{"events", Json::array()},
               {"needsNamesOfAddresses", needs_names},
               {"detectors", view.detectors},
               {"cgroup", cgroup},
               {"hooks", Json::array()},
               {"rules", Json::array()},
               {"scope", ScopeTexts(view.decision.capture.scope)},
               {"engineFilters", Json::array()}};
  for (const PlanView::NeededEvent& event : view.events) {
    json["events"].push_back(
        {{"name", event.definition->name}, {"id", event.definition->id}, {"neededBy", event.by}});
  }
  for (const KnownHook& hook : view.hooks) {
    json["hooks"].push_back(
        {{"name", hook.name}, {"mandatory", hook.mandatory}, {"wholeMachine", hook.whole_machine}});
  }
  for (const CaptureRule& rule : view.decision.capture.rules) {
    json["rules"].push_back(RuleJson(rule));
  }
  for (const EngineFilter& filter : view.decision.engine_filters) {
    json["engineFilters"].push_back(
        {{"filter", filter.filter}, {"by", filter.by}, {"reason", filter.reason}});
  }
  return json;
}

}  // namespace

int ShowPlan(const Options& options) {
  Result<DetectorSet> set = LoadDetectors(options);
  if (!set) {
    return Report(set.error());
  }
  NoTree tree;
  const Result<Plan> plan = MakePlan(options.selection, set->catalogue(), set->definitions(),
                                     set->graph(), {.tree = &tree});
  if (!plan) {
    return Report(plan.error());
  }
  const PlanView view = MakeView(*plan, *set);
  if (options.as_json) {
    // A plugin's text may hold any bytes; dump would throw on invalid UTF-8.
    fmt::print("{}\n", ViewJson(view, options.cgroup, plan->needs_dns_store)
                           .dump(2, ' ', false, Json::error_handler_t::replace));
    return kExitOk;
  }
  PrintEvents(view, plan->needs_dns_store);
  PrintHooks(view, options.cgroup);
  PrintCapture(view);
  PrintEngineFilters(view);
  return kExitOk;
}

}  // namespace wirehound
