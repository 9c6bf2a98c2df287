// SPDX-License-Identifier: Apache-2.0

// What stays when detectors change: ids and definitions of events, the selection, and the whole set
// if the change is refused. (tests/e2e/reload_test.py changes files while an engine runs.)

#include <cstdint>
#include <string>
#include <utility>
#include <vector>

#include <doctest/doctest.h>

#include "engine/run/detector_set.h"
#include "engine/run/reloader.h"
#include "engine/run/standing_selection.h"
#include "tests/engine/support/engine_run.h"
#include "tests/engine/support/graph_text.h"
#include "tests/engine/support/scripted_detector.h"
#include "tests/engine/support/temporary_folder.h"
#include "tests/engine/support/udp_event.h"

namespace wirehound::test {
namespace reload_test {

// Detectors of one file.
std::vector<LoadedDetector> File(const std::string& name, const std::string& text) {
  std::vector<LoadedDetector> detectors;
  for (const DetectorDefinition& definition : ParseDetectors(text)) {
    detectors.push_back({nullptr, definition, name});
  }
  return detectors;
}

class World {
 public:
  World() : set_(DetectorSet::Make({})) {}

  // Returns the error, or "".
  std::string Put(const std::string& file, const std::string& text) {
    Result<DetectorSet::Undo> undo = set_.Replace(file, File(file, text));
    if (!undo) {
      return undo.error().message();
    }
    undo_ = *std::move(undo);
    return "";
  }
  void TakeBack() { set_.Restore(std::move(undo_)); }

  // "A=7500 B=7501"
  std::string Events() const {
    std::vector<std::string> events;
    for (const EventDefinition& event : set_.catalogue().events()) {
      if (!event.detector_id.empty()) {
        events.push_back(event.name + "=" + std::to_string(event.id));
      }
    }
    return Join(events);
  }

  const EventDefinition* Find(const std::string& event) const {
    return set_.catalogue().Find(event);
  }

  // The detectors that run, then in brackets those that are missing.
  std::string Select(const Selection& selection) const {
    const Result<StandingPlan> standing = PlanStanding(selection, set_, {});
    if (!standing) {
      return standing.error().message();
    }
    std::vector<std::string> ids;
    for (const std::size_t index : standing->plan.detectors) {
      ids.push_back(set_.definitions()[index]->id);
    }
    return Join(ids) + " [" + std::to_string(standing->missing.size()) + "]";
  }

  const DetectorSet& set() const { return set_; }

 private:
  DetectorSet set_;
  DetectorSet::Undo undo_;
};

TEST_CASE("reload: an event keeps its id, and an id is never given to another name") {
  World world;
  world.Put("a.so", "a: A needs net_packet_udp");
  world.Put("b.so", "b: B needs net_packet_udp");
  world.Put("a.so", "");
  CHECK(world.Events() == "B=7501");
  CHECK(world.Find("A") == nullptr);
  world.Put("c.so", "c: C needs net_packet_udp");
  CHECK(world.Events() == "B=7501 C=7502");
  world.Put("z.so", "a: A needs net_packet_tcp");
  CHECK(world.Events() == "A=7500 B=7501 C=7502");
}

TEST_CASE("reload: an event that stays the same keeps its definition, a changed one gets another") {
  World world;
  world.Put("a.so", "a: A needs net_packet_udp");
  const EventDefinition* first = world.Find("A");
  world.Put("a.so", "a: A needs net_packet_tcp");
  CHECK(world.Find("A") == first);

  auto changed = File("a.so", "a: A needs net_packet_udp");
  changed[0].definition.produced_event.fields = {{"f", FieldType::kBool, ""}};
  DetectorSet set = DetectorSet::Make({});
  REQUIRE(set.Replace("a.so", File("a.so", "a: A needs net_packet_udp")).has_value());
  const EventDefinition* old = set.catalogue().Find("A");
  REQUIRE(set.Replace("a.so", std::move(changed)).has_value());
  CHECK(set.catalogue().Find("A") != old);
  CHECK(set.catalogue().Find("A")->id == old->id);
  CHECK(old->fields.empty());
}

TEST_CASE("reload: a file that conflicts with the loaded ones changes nothing") {
  World world;
  world.Put("a.so", "a: A needs net_packet_udp");
  world.Put("b.so", "b: B needs net_packet_udp");
  const LoadedDetector* running = world.set().detectors()[1];
  CHECK(world.Put("b.so", "a: X needs net_packet_udp") ==
        "plugin b.so: detector 'a' left out: a detector of that id is loaded from a.so");
  CHECK(world.Put("b.so", "b: A needs net_packet_udp") ==
        "plugin b.so: detector 'b' left out: event name 'A' is taken by a.so");
  CHECK(world.Put("0.so", "b: net_packet_tcp needs net_packet_udp") != "");
  CHECK(world.Events() == "A=7500 B=7501");
  CHECK(world.set().detectors()[1] == running);
  CHECK(world.set().complaints().empty());
}

TEST_CASE("reload: a running detector stays when a new file that would load first conflicts") {
  World world;
  world.Put("b.so", "x: B needs net_packet_udp");
  CHECK(world.Put("a.so", "x: A needs net_packet_udp") ==
        "plugin a.so: detector 'x' left out: a detector of that id is loaded from b.so");
  CHECK(world.Events() == "B=7500");
}

TEST_CASE("reload: a change that is rolled back leaves no trace") {
  World world;
  world.Put("a.so", "a: A needs net_packet_udp");
  const EventDefinition* before = world.Find("A");
  world.Put("b.so", "b: B needs A");
  world.TakeBack();
  CHECK(world.Events() == "A=7500");
  CHECK(world.Find("A") == before);
  CHECK(world.set().graph().order.size() == 1);
  world.Put("c.so", "c: C needs A");
  CHECK(world.Events() == "A=7500 C=7501");
}

TEST_CASE("reload: a detector without its input is accepted and runs when the input arrives") {
  World world;
  CHECK(world.Put("b.so", "b: B needs A") == "");
  CHECK(world.Events() == "");
  CHECK(world.set().complaints() ==
        std::vector<std::string>{"detector 'b' left out: required event 'A' does not exist"});
  world.Put("a.so", "a: A needs net_packet_udp");
  CHECK(world.set().complaints().empty());
  CHECK(world.Select({}) == "a b [0]");
}

TEST_CASE("reload: a selected detector that is gone is reported as missing, and the rest run on") {
  World world;
  world.Put("a.so", "a: A needs net_packet_udp");
  world.Put("b.so", "b: B needs net_packet_udp");
  CHECK(world.Select({.detectors = {"a,b"}}) == "a b [0]");
  world.Put("a.so", "");
  struct Case {
    Selection selection;
    const char* runs;
  };
  const Case cases[] = {
      {{}, "b [0]"},
      {{.detectors = {"all"}}, "b [0]"},
      {{.detectors = {"a,b"}}, "b [1]"},
      {{.detectors = {"a"}}, " [1]"},
      {{.detectors = {"-a"}}, "b [1]"},
      {{.detectors = {"a,-b"}}, " [1]"},
      {{.events = {"A"}}, " [1]"},
      {{.events = {"A", "B"}}, "b [1]"},
      {{.events = {"-A"}}, "b [1]"},
      {{.events = {"A"}, .detectors = {"b"}}, "b [1]"},
      {{.events = {"net_packet_udp"}, .detectors = {"a"}}, " [1]"},
  };
  for (const Case& c : cases) {
    CAPTURE(Join(c.selection.detectors));
    CAPTURE(Join(c.selection.events));
    CHECK(world.Select(c.selection) == c.runs);
  }
  world.Put("a.so", "a: A needs net_packet_tcp");
  CHECK(world.Select({.detectors = {"a"}}) == "a [0]");
}

// The clock of the time budget; the detector of the tests moves it on.
std::uint64_t fake_now_ns = 0;
std::uint64_t FakeClock() { return fake_now_ns; }

// A detector that fails, or takes a second, at each event, and a configuration file that the engine
// reads again.
class Configured {
 public:
  // Writes the file and makes the engine read it, as SIGHUP does.
  const ReloadCounters& Reload(std::string_view limits) {
    folder_.Write("wirehound.yaml", limits);
    reloader_.ReloadAll();
    return reloader_.counters();
  }

  void SetLimits(const DetectorLimits& limits) { run_.dispatcher().SetLimits(limits); }

  // Feeds events until the detector is suspended, 20 at most. Returns their number.
  int EventsUntilSuspended() {
    int count = 0;
    while (count < 20 && !run_.detector(0).suspended()) {
      Feed();
      ++count;
    }
    return count;
  }
  void Feed() { run_.Feed(udp_.At(++sequence_)); }
  bool suspended() { return run_.detector(0).suspended(); }

  std::uint64_t takes_ns = 0;
  bool fails = false;

 private:
  LoadedPlugins Load() {
    detectors_.Add(ParseDetector("a: A needs net_packet_udp")).on_event =
        [this](const EventView&, const Emitter&) -> Status {
      fake_now_ns += takes_ns;
      return fails ? Error("no") : Status();
    };
    return detectors_.Load();
  }
  static RunOptions Options() {
    return {.limits = {.max_errors_in_a_row = 10, .time_budget_ns = 0}, .clock = &FakeClock};
  }

  ScriptedDetectors detectors_;
  EngineRun run_{Load(), {}, Options()};
  UdpEvent udp_{run_.catalogue()};
  std::uint64_t sequence_ = 0;
  TemporaryFolder folder_;
  Reloader reloader_{run_.engine(), run_.set(), {{}, folder_.path() / "wirehound.yaml"}, {}};
};

TEST_CASE("reload: a raised limit applies at once") {
  Configured engine;
  engine.fails = true;
  for (int i = 0; i < 9; ++i) {
    engine.Feed();
  }
  CHECK(engine.Reload("limits: {errors_in_a_row: 12}").configurations == 1);
  CHECK(engine.EventsUntilSuspended() == 3);
}

TEST_CASE("reload: a limit lowered below the current count suspends at the next failure") {
  Configured engine;
  engine.fails = true;
  for (int i = 0; i < 5; ++i) {
    engine.Feed();
  }
  engine.Reload("limits: {errors_in_a_row: 2}");
  CHECK_FALSE(engine.suspended());
  CHECK(engine.EventsUntilSuspended() == 1);
}

TEST_CASE("reload: a removed limit does not suspend any more") {
  Configured engine;
  engine.fails = true;
  engine.takes_ns = 1'000'000'000;
  engine.SetLimits({.max_errors_in_a_row = 0, .time_budget_ns = 1, .max_overruns_in_a_row = 0});
  CHECK(engine.EventsUntilSuspended() == 20);
  CHECK_FALSE(engine.suspended());
}

TEST_CASE("reload: a new time budget applies at once and can be removed again") {
  Configured engine;
  engine.takes_ns = 1'000'000'000;
  engine.Feed();
  engine.Reload("limits: {time_budget: 10ms, overruns_in_a_row: 4}");
  engine.Feed();
  engine.Feed();
  SUBCASE("applied") { CHECK(engine.EventsUntilSuspended() == 2); }
  SUBCASE("removed") {
    engine.Reload("limits: {time_budget: 0s}");
    CHECK(engine.EventsUntilSuspended() == 20);
    CHECK_FALSE(engine.suspended());
  }
}

TEST_CASE("reload: an invalid file changes no limits") {
  Configured engine;
  engine.fails = true;
  const ReloadCounters& counters =
      engine.Reload("limits: {errors_in_a_row: 2}\ndetectors: {a: {no_option: 1}}");
  CHECK(counters.configurations == 0);
  CHECK(counters.configurations_refused == 1);
  CHECK(engine.EventsUntilSuspended() == 10);
}

}  // namespace reload_test
}  // namespace wirehound::test
