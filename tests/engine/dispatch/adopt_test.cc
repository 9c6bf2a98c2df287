// SPDX-License-Identifier: Apache-2.0

// Dispatcher::Adopt: the dispatcher changes to another plan while it runs. A detector in both plans
// keeps its state, one that is no longer in the plan is closed, and a failure changes nothing.

#include <map>
#include <string>
#include <utility>
#include <vector>

#include <doctest/doctest.h>

#include "engine/dispatch/dispatcher.h"
#include "tests/engine/support/echo_detectors.h"
#include "tests/engine/support/engine_run.h"
#include "tests/engine/support/udp_event.h"

namespace wirehound::test {
namespace adopt_test {

Selection Only(std::vector<std::string> ids) { return {.events = {}, .detectors = std::move(ids)}; }

// Three detectors that answer each packet, and a run that starts with the first two.
class Trio {
 public:
  Trio() {
    AddEchoes(detectors_,
              ParseDetectors("a: A needs net_packet_udp\n b: B needs net_packet_udp\n "
                             "c: C needs net_packet_udp, A?"),
              log);
  }
  Script& script(std::size_t place) { return detectors_.script(place); }
  LoadedPlugins Load() const { return detectors_.Load(); }

  std::vector<std::string> log;

 private:
  ScriptedDetectors detectors_;
};

TEST_CASE("adopt: a detector in both plans runs on, a new one starts, a removed one is closed") {
  Trio trio;
  {
    EngineRun run(trio.Load(), Only({"a", "b"}));
    UdpEvent udp(run.catalogue());
    run.Feed(udp.At(1));
    const DetectorInstance* b = &run.detector(1);
    REQUIRE(run.Adopt(Only({"b", "c"})).has_value());
    run.Feed(udp.At(2));
    // c optionally requires A, so the plan still contains a, which runs on.
    CHECK(Join(trio.log) ==
          "a<net_packet_udp b<net_packet_udp a<net_packet_udp b<net_packet_udp c<net_packet_udp "
          "c<A");
    REQUIRE(run.Adopt(Only({"b"})).has_value());
    CHECK(&run.detector(0) == b);
    run.Feed(udp.At(3));
    CHECK(trio.script(0).closed == 1);
    CHECK(trio.script(0).destroyed == 1);
    CHECK(trio.script(1).created == 1);
    CHECK(trio.script(1).closed == 0);
    CHECK(trio.script(2).initialised == 1);
    CHECK(trio.script(2).closed == 1);
    CHECK(trio.log.back() == "b<net_packet_udp");
    CHECK(run.shown().names.back() == "B");
  }
  CHECK(trio.script(1).closed == 1);
  CHECK(trio.script(0).closed == 1);
}

TEST_CASE("adopt: counters go on, and those of removed detectors are kept and added up") {
  Trio trio;
  EngineRun run(trio.Load(), Only({"a", "b"}));
  UdpEvent udp(run.catalogue());
  run.Feed(udp.At(1));
  run.Feed(udp.At(2));
  REQUIRE(run.Adopt(Only({"b"})).has_value());
  run.Feed(udp.At(3));
  CHECK(run.counters(0).events_in == 3);
  REQUIRE(run.dispatcher().past_detectors().count("a") == 1);
  CHECK(run.dispatcher().past_detectors().at("a").events_in == 2);
  CHECK(run.dispatcher().past_detectors().at("a").events_out == 2);
  REQUIRE(run.Adopt(Only({"a"})).has_value());
  run.Feed(udp.At(4));
  CHECK(run.counters(0).events_in == 1);
  REQUIRE(run.Adopt(Only({"b"})).has_value());
  CHECK(run.dispatcher().past_detectors().at("a").events_in == 3);
  CHECK(run.dispatcher().counters().base_events == 4);
}

TEST_CASE("adopt: a new detector that fails to start is reported, and nothing else changes") {
  Trio trio;
  EngineRun run(trio.Load(), Only({"b"}));
  UdpEvent udp(run.catalogue());
  run.Feed(udp.At(1));
  trio.script(2).init = [](const InitContext&) -> Status { return Error("no such table"); };
  const Status status = run.Adopt(Only({"a", "c"}));
  REQUIRE_FALSE(status.has_value());
  CHECK(status.error().message() == "detector c: Init failed: no such table");
  // The dispatcher has closed a, which it started for the new plan; b still runs.
  CHECK(trio.script(0).closed == 1);
  CHECK(trio.script(0).destroyed == 1);
  CHECK(trio.script(1).closed == 0);
  run.Feed(udp.At(2));
  CHECK(run.names() == "B B");
  CHECK(run.counters(0).events_in == 2);
  CHECK(run.dispatcher().past_detectors().empty());
}

TEST_CASE("adopt: a detector that failed before may fail again without an error") {
  Trio trio;
  int failures = 2;
  trio.script(0).init = [&failures](const InitContext&) -> Status {
    return failures-- > 0 ? Error("not yet") : Status();
  };
  EngineRun run(trio.Load(), Only({"a", "b"}));
  CHECK(run.start_failures() == "detector a: Init failed: not yet");
  REQUIRE(run.Adopt(Only({"a", "b"})).has_value());
  CHECK(run.start_failures() == "detector a: Init failed: not yet");
  REQUIRE(run.Adopt(Only({"a", "b"})).has_value());
  CHECK(run.start_failures().empty());
  CHECK(run.dispatcher().detectors().size() == 2);
  CHECK(trio.script(1).created == 1);
}

TEST_CASE("adopt: timers of detectors that run on still fire, in the order of the new plan") {
  ScriptedDetectors detectors;
  std::vector<std::string> log;
  for (const char* line : {"a: A needs net_packet_udp", "b: B needs net_packet_udp"}) {
    Script& script = detectors.Add(ParseDetector(line));
    script.init = [](const InitContext& context) -> Status {
      const auto& timers =
          *static_cast<const wirehound_timers*>(context.Extension(WIREHOUND_TIMERS_EXTENSION));
      timers.start(timers.context, 1, 10, 10);
      return {};
    };
    script.on_timer = [&log, id = script.definition.id](const wirehound_timer& timer,
                                                        const Emitter&) -> Status {
      log.push_back(id + "@" + std::to_string(timer.due_ns));
      return {};
    };
  }
  EngineRun run(detectors.Load(), Only({"b"}));
  UdpEvent udp(run.catalogue());
  run.Feed(udp.At(100));
  REQUIRE(run.Adopt(Only({"a", "b"})).has_value());
  run.Feed(udp.At(110));  // a's first time: its timer counts from here
  run.Feed(udp.At(120));
  CHECK(Join(log) == "b@110 a@120 b@120");
}

// The same loaded detectors under a second catalogue, in which every definition is another object.
TEST_CASE(
    "adopt: a detector restarts if and only if the definition of an event it requires is new") {
  Trio trio;
  EngineRun run(trio.Load(), Only({"a"}));
  const std::map<std::string, DetectorConfig> configs;
  const auto adopt = [&](const Catalogue& catalogue) {
    Result<Plan> plan =
        MakePlan(Only({"a"}), catalogue, run.set().definitions(), run.set().graph());
    REQUIRE(plan.has_value());
    return run.dispatcher().Adopt({*plan, catalogue, run.set().detectors(), configs});
  };
  REQUIRE(adopt(run.catalogue()).has_value());
  CHECK(trio.script(0).created == 1);
  static Catalogue other;  // outlives the run
  for (const DetectorDefinition* definition : run.set().definitions()) {
    other.AddDetectorEvent(*definition);
  }
  REQUIRE(adopt(other).has_value());
  CHECK(trio.script(0).created == 2);
  CHECK(trio.script(0).closed == 1);
  UdpEvent udp(other);
  run.Feed(udp.At(1));
  CHECK(Join(trio.log) == "a<net_packet_udp");
}

TEST_CASE("adopt: outputs see the events that the new plan selects") {
  Trio trio;
  EngineRun run(trio.Load(), {.events = {"net_packet_udp"}, .detectors = {"a"}});
  UdpEvent udp(run.catalogue());
  run.Feed(udp.At(1));
  REQUIRE(run.Adopt(Only({"a"})).has_value());
  run.Feed(udp.At(2));
  CHECK(run.names() == "net_packet_udp A A");
}

TEST_CASE("adopt: a change in the middle of a turn is refused") {
  Trio trio;
  EngineRun run(trio.Load(), Only({"a"}));
  UdpEvent udp(run.catalogue());
  run.dispatcher().Emit(udp.At(1));
  const Status status = run.Adopt(Only({"b"}));
  REQUIRE_FALSE(status.has_value());
  CHECK(status.error().message() == "detectors cannot be changed in the middle of a turn");
  run.dispatcher().EndOfTurn();
  CHECK(run.Adopt(Only({"b"})).has_value());
}

}  // namespace adopt_test
}  // namespace wirehound::test
