// SPDX-License-Identifier: Apache-2.0

// EngineRun: an Engine that a test feeds with events, and an output that keeps the shown events as
// text.

#pragma once

#include <memory>
#include <string>
#include <utility>
#include <vector>

#include <doctest/doctest.h>

#include "engine/run/engine.h"
#include "tests/engine/support/event_line.h"
#include "tests/engine/support/graph_text.h"

namespace wirehound::test {

/// The events that the output got.
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

/// The limits of detectors in a run, and the claimed origin of its packets.
struct RunOptions {
  DetectorLimits limits = {};
  ClockFunction clock = &CoarseClock;
  StoreOrigin origin = StoreOrigin::kCaptureFile;
  PipelineLimits pipeline = {};
  std::unique_ptr<Source> source = nullptr;
};

class EngineRun {
 public:
  /// Makes the plan and starts the engine. The test fails if there is no plan. Events go to
  /// `output`, or are kept for shown() if it is null.
  explicit EngineRun(LoadedPlugins plugins, const Selection& selection = {},
                     std::unique_ptr<Output> output = nullptr, RunOptions options = {})
      : set_(DetectorSet::Make(std::move(plugins))) {
    Result<std::unique_ptr<Engine>> engine = Engine::Create({.detectors = set_,
                                                             .selection = selection,
                                                             .limits = options.limits,
                                                             .origin = options.origin,
                                                             .knows_processes = true,
                                                             .pipeline = options.pipeline,
                                                             .clock = options.clock});
    REQUIRE_MESSAGE(engine.has_value(), (engine ? "" : engine.error().message()));
    engine_ = *std::move(engine);
    engine_->AddOutput(output ? std::move(output) : std::make_unique<KeepingOutput>(shown_));
    if (options.source) {
      engine_->UseSource(std::move(options.source));
    }
    engine_->Start();
  }
  EngineRun(LoadedPlugins plugins, const Selection& selection, RunOptions options)
      : EngineRun(std::move(plugins), selection, nullptr, std::move(options)) {}

  /// Makes a plan of another selection from the same detectors and adopts it.
  Status Adopt(const Selection& selection) {
    return engine_->Adopt(WIREHOUND_TRY(MakePlan(selection, set_.catalogue(), set_.definitions(),
                                                 set_.graph(), engine_->services())),
                          {});
  }

  /// The reasons why detectors did not start, separated by "; ".
  std::string start_failures() const { return Join(dispatcher().start_failures(), "; "); }
  Engine& engine() { return *engine_; }
  const DetectorSet& set() const { return set_; }
  DetectorSet& set() { return set_; }
  const Catalogue& catalogue() const { return set_.catalogue(); }
  const Plan& plan() const { return engine_->plan(); }
  Stores& stores() { return engine_->stores(); }
  Dispatcher& dispatcher() const { return engine_->dispatcher(); }
  const PacketPipeline& pipeline() const { return engine_->pipeline(); }
  /// The detector at a place in the order of the graph, and its counters.
  const DetectorInstance& detector(std::size_t place) const {
    return *dispatcher().detectors()[place];
  }
  DetectorInstance::Counters counters(std::size_t place) const {
    return detector(place).counters();
  }
  const StreamTime& time() const { return engine_->time(); }
  const Shown& shown() const { return shown_; }
  /// The names of the events shown so far: "net_packet_udp A B".
  std::string names() const { return Join(shown_.names); }

  /// Dispatches a record that consists of one event.
  void Feed(const Event& event) { engine_->OnEvent(event); }

 private:
  DetectorSet set_;
  Shown shown_;
  std::unique_ptr<Engine> engine_;
};

}  // namespace wirehound::test
