// SPDX-License-Identifier: Apache-2.0

// An engine without source and command line: detectors, plan and dispatcher, with an output that
// keeps what it is shown as text.

#pragma once

#include <memory>
#include <string>
#include <utility>
#include <vector>

#include <doctest/doctest.h>

#include "engine/dispatch/dispatcher.h"
#include "engine/event/output.h"
#include "engine/plan/selection.h"
#include "engine/run/detector_set.h"
#include "tests/engine/support/event_line.h"
#include "tests/engine/support/graph_text.h"

namespace wirehound::test {

/// What an output was shown.
struct Shown {
  std::vector<std::string> names;
  std::vector<std::string> json;
};

class KeepingOutput : public Output {
 public:
  explicit KeepingOutput(Shown& shown) : shown_(shown) {}

  Status OnEvent(const Event& event) override {
    shown_.names.push_back(event.definition->name);
    shown_.json.emplace_back();
    AppendEvent(shown_.json.back(), event);
    return {};
  }
  Status Flush() override { return {}; }

 private:
  Shown& shown_;
};

/// What a run allows detectors, and where its packets are said to come from.
struct RunOptions {
  DetectorLimits limits = {};
  ClockFunction clock = &CoarseClock;
  StoreOrigin origin = StoreOrigin::kCaptureFile;
};

class EngineRun {
 public:
  /// Selects and starts. A plan that cannot be made fails the test. Events are kept as shown(),
  /// or go to `output` when there is one.
  explicit EngineRun(LoadedPlugins plugins, const Selection& selection = {},
                     std::unique_ptr<Output> output = nullptr, const RunOptions& options = {})
      : set_(DetectorSet::Make(std::move(plugins))), stores_(options.origin, time_) {
    outputs_.push_back(output ? std::move(output) : std::make_unique<KeepingOutput>(shown_));
    plan_ = PlanFor(selection);
    dispatcher_ = Dispatcher::Start(
        {plan_, set_.catalogue(), set_.detectors(), configs_},
        {.time = time_, .stores = stores_, .limits = options.limits, .clock = options.clock},
        outputs_);
  }
  EngineRun(LoadedPlugins plugins, const Selection& selection, const RunOptions& options)
      : EngineRun(std::move(plugins), selection, nullptr, options) {}

  /// Goes over to another selection from the same detectors.
  Status Adopt(const Selection& selection) {
    plan_ = PlanFor(selection);
    return dispatcher_->Adopt({plan_, set_.catalogue(), set_.detectors(), configs_});
  }

  /// The reasons of the detectors that did not start, by "; ".
  std::string start_failures() const { return Join(dispatcher_->start_failures(), "; "); }
  const DetectorSet& set() const { return set_; }
  DetectorSet& set() { return set_; }
  const Catalogue& catalogue() const { return set_.catalogue(); }
  const Plan& plan() const { return plan_; }
  Stores& stores() { return stores_; }
  Dispatcher& dispatcher() { return *dispatcher_; }
  /// The detector at a place of the graph's order, and what it counted.
  const DetectorInstance& detector(std::size_t place) { return *dispatcher_->detectors()[place]; }
  DetectorInstance::Counters counters(std::size_t place) { return detector(place).counters(); }
  const StreamTime& time() const { return time_; }
  const Shown& shown() const { return shown_; }
  /// The names of the events shown so far: "net_packet_udp A B".
  std::string names() const { return Join(shown_.names); }

  /// Dispatches a record that consists of one event.
  void Feed(const Event& event) {
    dispatcher_->AdvanceTime(event.view.timestamp_ns);
    dispatcher_->Emit(event);
    dispatcher_->EndOfTurn();
  }

 private:
  Plan PlanFor(const Selection& selection) {
    Result<Plan> plan = MakePlan(selection, set_.catalogue(), set_.definitions(), set_.graph(),
                                 {.tree = &stores_.processes});
    REQUIRE_MESSAGE(plan.has_value(), (plan ? "" : plan.error().message()));
    return *std::move(plan);
  }

  DetectorSet set_;
  Plan plan_;
  StreamTime time_;
  Stores stores_;
  std::map<std::string, DetectorConfig> configs_;
  Shown shown_;
  std::vector<std::unique_ptr<Output>> outputs_;
  std::unique_ptr<Dispatcher> dispatcher_;
};

}  // namespace wirehound::test
