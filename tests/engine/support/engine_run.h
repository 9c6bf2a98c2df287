// SPDX-License-Identifier: Apache-2.0

// An engine without source and command line: detectors, plan and dispatcher, with an output that
// keeps what it is shown as text.

#pragma once

#include <memory>
#include <string>
#include <utility>
#include <vector>

#include <doctest/doctest.h>

#include "engine/detector_set.h"
#include "engine/dispatch/dispatcher.h"
#include "engine/graph/selection.h"
#include "engine/outputs/event_json.h"
#include "engine/outputs/output.h"
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

class EngineRun {
 public:
  /// Selects and starts. A plan that cannot be made fails the test. Events are kept as shown(),
  /// or go to `output` when there is one.
  explicit EngineRun(LoadedPlugins plugins, const Selection& selection = {},
                     std::unique_ptr<Output> output = nullptr)
      : set_(DetectorSet::Make(std::move(plugins))) {
    outputs_.push_back(output ? std::move(output) : std::make_unique<KeepingOutput>(shown_));
    Result<Plan> plan = MakePlan(selection, set_.catalogue(), set_.definitions(), set_.graph());
    REQUIRE_MESSAGE(plan.has_value(), (plan ? "" : plan.error().message()));
    plan_ = *std::move(plan);
    dispatcher_ = Dispatcher::Start(plan_, set_.catalogue(), set_.detectors(), outputs_);
  }

  /// The reasons of the detectors that did not start, by "; ".
  std::string start_failures() const { return Join(dispatcher_->start_failures(), "; "); }
  const DetectorSet& set() const { return set_; }
  const Catalogue& catalogue() const { return set_.catalogue(); }
  const Plan& plan() const { return plan_; }
  Dispatcher& dispatcher() { return *dispatcher_; }
  const Shown& shown() const { return shown_; }
  /// The names of the events shown so far: "net_packet_udp A B".
  std::string names() const { return Join(shown_.names); }

  /// Dispatches a record that consists of one event.
  void Feed(const Event& event) {
    dispatcher_->Emit(event);
    dispatcher_->EndOfTurn();
  }

 private:
  DetectorSet set_;
  Plan plan_;
  Shown shown_;
  std::vector<std::unique_ptr<Output>> outputs_;
  std::unique_ptr<Dispatcher> dispatcher_;
};

}  // namespace wirehound::test
