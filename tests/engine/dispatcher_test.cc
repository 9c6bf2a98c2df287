// SPDX-License-Identifier: Apache-2.0

// Dispatcher: who sees which event, in which order, and what a detector that fails costs. Each
// test is a line of the dispatch contract (docs/architecture.md).

#include "engine/dispatch/dispatcher.h"

#include <algorithm>
#include <memory>
#include <stdexcept>
#include <string>
#include <vector>

#include <doctest/doctest.h>
#include <nlohmann/json.hpp>

#include "tests/engine/support/engine_run.h"
#include "tests/engine/support/scripted_detector.h"
#include "tests/engine/support/udp_event.h"

namespace wirehound::test {
namespace {

using Json = nlohmann::json;

// A detector that emits one detection per event, and notes what it saw as "id<event".
Script& AddEcho(ScriptedDetectors& detectors, const DetectorDefinition& definition,
                std::vector<std::string>& log) {
  Script& script = detectors.Add(definition);
  script.on_event = [&log, id = definition.id](const EventView& event, const Emitter& emit) {
    log.push_back(id + "<" + std::string(event.name()));
    return emit.Detected();
  };
  return script;
}

void AddEchoes(ScriptedDetectors& detectors, const std::vector<DetectorDefinition>& definitions,
               std::vector<std::string>& log) {
  for (const DetectorDefinition& definition : definitions) {
    AddEcho(detectors, definition, log);
  }
}

Selection ShowAll() { return {.events = {"net_packet_udp", "detectors"}, .detectors = {}}; }

TEST_CASE("dispatcher: an event is shown before anything derived from it, level by level") {
  ScriptedDetectors detectors;
  std::vector<std::string> log;
  AddEchoes(detectors, ParseDetectors(R"(
      d: D needs A, B
      c: C needs net_packet_udp
      b: B needs A
      a: A needs net_packet_udp)"),
            log);
  EngineRun run(detectors.Load(), ShowAll());
  UdpEvent udp(run.catalogue());

  run.Feed(udp.At(1));

  CHECK(run.names() == "net_packet_udp A C B D D");
  CHECK(Join(log) == "a<net_packet_udp c<net_packet_udp b<A d<A d<B");
}

TEST_CASE("dispatcher: the order does not depend on the order in which detectors were loaded") {
  std::vector<DetectorDefinition> definitions = ParseDetectors(R"(
      a: A needs net_packet_udp
      b: B needs net_packet_udp, A
      c: C needs A, B
      d: D needs net_packet_udp, C)");
  std::string first_names;
  std::vector<std::string> first_log;
  do {
    ScriptedDetectors detectors;
    std::vector<std::string> log;
    AddEchoes(detectors, definitions, log);
    EngineRun run(detectors.Load(), ShowAll());
    UdpEvent udp(run.catalogue());
    run.Feed(udp.At(1));
    run.Feed(udp.At(2));
    if (first_names.empty()) {
      first_names = run.names();
      first_log = log;
    }
    CHECK(run.names() == first_names);
    CHECK(log == first_log);
  } while (std::next_permutation(
      definitions.begin(), definitions.end(),
      [](const DetectorDefinition& x, const DetectorDefinition& y) { return x.id < y.id; }));
}

TEST_CASE("dispatcher: the consumers of one event see it in the order of the graph, then by id") {
  ScriptedDetectors detectors;
  std::vector<std::string> log;
  AddEchoes(detectors, ParseDetectors(R"(
      z: Z needs net_packet_udp
      a: A needs net_packet_udp, Z
      m: M needs net_packet_udp)"),
            log);
  EngineRun run(detectors.Load());
  UdpEvent udp(run.catalogue());
  run.Feed(udp.At(1));
  CHECK(Join(log) == "m<net_packet_udp z<net_packet_udp a<net_packet_udp a<Z");
}

TEST_CASE("dispatcher: a selected detector is initialised before its first event") {
  ScriptedDetectors detectors;
  Script& script = detectors.Add(ParseDetector("a: A needs net_packet_udp"));
  bool initialised_first = false;
  script.on_event = [&](const EventView&, const Emitter&) -> Status {
    initialised_first = script.initialised == 1;
    return {};
  };
  EngineRun run(detectors.Load());
  CHECK(script.created == 1);
  CHECK(script.initialised == 1);
  UdpEvent udp(run.catalogue());
  run.Feed(udp.At(1));
  CHECK(initialised_first);
  CHECK(script.described == 0);  // the loader asked; nobody asks again
}

TEST_CASE("dispatcher: a detector that is not selected is not even created") {
  ScriptedDetectors detectors;
  Script& wanted = detectors.Add(ParseDetector("a: A needs net_packet_udp"));
  Script& other = detectors.Add(ParseDetector("b: B needs net_packet_udp"));
  {
    EngineRun run(detectors.Load(), {.events = {}, .detectors = {"a"}});
    UdpEvent udp(run.catalogue());
    run.Feed(udp.At(1));
    run.dispatcher().Close();
  }
  CHECK(wanted.events == 1);
  CHECK(other.created == 0);
  CHECK(other.closed == 0);
}

TEST_CASE("dispatcher: Close comes exactly once after a successful Init") {
  ScriptedDetectors detectors;
  Script& script = detectors.Add(ParseDetector("a: A needs net_packet_udp"));
  SUBCASE("when asked to close, and never again") {
    {
      EngineRun run(detectors.Load());
      run.dispatcher().Close();
      run.dispatcher().Close();
      CHECK(script.closed == 1);
      CHECK(script.destroyed == 0);
    }
  }
  SUBCASE("when the dispatcher goes without having been closed") {
    EngineRun run(detectors.Load());
  }
  SUBCASE("also when Close fails") {
    script.close = []() -> Status { return Error("disk full"); };
    EngineRun run(detectors.Load());
    run.dispatcher().Close();
  }
  SUBCASE("also when Close throws") {
    script.close = []() -> Status { throw std::runtime_error("bug"); };
    EngineRun run(detectors.Load());
    run.dispatcher().Close();
  }
  CHECK(script.closed == 1);
  CHECK(script.destroyed == 1);
}

TEST_CASE("dispatcher: a detector that fails to start is named, not closed, and the others run") {
  ScriptedDetectors detectors;
  Script& bad = detectors.Add(ParseDetector("a: A needs net_packet_udp"));
  Script& good = detectors.Add(ParseDetector("b: B needs net_packet_udp, A"));
  std::string failure;
  SUBCASE("Init returns an error") {
    bad.init = [](const InitContext&) -> Status { return Error("no such table"); };
    failure = "detector a: Init failed: no such table";
  }
  SUBCASE("Init throws") {
    bad.init = [](const InitContext&) -> Status { throw std::runtime_error("surprise"); };
    failure = "detector a: Init failed: surprise";
  }
  SUBCASE("its constructor throws") {
    bad.construct = [] { throw std::runtime_error("no memory"); };
    bad.destroyed = 1;  // an object that was never made is not destroyed
    failure = "detector a: create failed (status 2)";
  }
  {
    EngineRun run(detectors.Load());
    CHECK(run.start_failures() == failure);
    UdpEvent udp(run.catalogue());
    run.Feed(udp.At(1));
    CHECK(bad.destroyed == 1);
  }
  CHECK(bad.events == 0);
  CHECK(bad.closed == 0);
  CHECK(bad.destroyed == 1);
  CHECK(good.events == 1);
  CHECK(good.closed == 1);
  CHECK(good.destroyed == 1);
}

TEST_CASE("dispatcher: a call makes zero, one or many detections") {
  ScriptedDetectors detectors;
  Script& script = detectors.Add(ParseDetector("a: A needs net_packet_udp"));
  script.definition.produced_event.fields = {{"n", FieldType::kInt32, ""}};
  script.on_event = [](const EventView& event, const Emitter& emit) -> Status {
    for (std::int32_t i = 0; i < static_cast<std::int32_t>(event.sequence()); ++i) {
      Status status = emit.Detected({{"n", i}});
      if (!status) {
        return status;
      }
    }
    return {};
  };
  EngineRun run(detectors.Load());
  UdpEvent udp(run.catalogue());
  std::vector<std::size_t> shown;
  for (const std::uint64_t count : {0, 1, 5}) {
    run.Feed(udp.At(count));
    shown.push_back(run.shown().names.size());
  }
  CHECK(shown == std::vector<std::size_t>{0, 1, 6});
  CHECK(Json::parse(run.shown().json.back())["args"][0]["value"] == 4);
  CHECK(run.dispatcher().detectors()[0]->counters().events_in == 3);
  CHECK(run.dispatcher().detectors()[0]->counters().events_out == 6);
  CHECK(run.dispatcher().counters().detector_events == 6);
  CHECK(run.dispatcher().counters().base_events == 3);
  CHECK(run.dispatcher().counters().shown == 6);
}

TEST_CASE("dispatcher: the same event required twice is one call") {
  ScriptedDetectors detectors;
  Script& script =
      detectors.Add(ParseDetector("a: A needs net_packet_udp, net_packet_udp, net_packet_udp?"));
  EngineRun run(detectors.Load());
  UdpEvent udp(run.catalogue());
  run.Feed(udp.At(1));
  CHECK(script.events == 1);
}

TEST_CASE("dispatcher: a detection inherits time, process and system call of its cause") {
  ScriptedDetectors detectors;
  std::vector<std::string> log;
  AddEchoes(detectors, ParseDetectors("a: A needs net_packet_udp\n b: B needs A"), log);
  std::uint64_t seen_timestamp = 0;
  std::string seen_comm;
  Script& watcher = detectors.Add(ParseDetector("c: C needs B"));
  watcher.on_event = [&](const EventView& event, const Emitter&) -> Status {
    seen_timestamp = event.timestamp_ns();
    seen_comm = event.process().comm();
    return {};
  };
  EngineRun run(detectors.Load());
  UdpEvent udp(run.catalogue());
  run.Feed(udp.At(1234567));

  CHECK(seen_timestamp == 1234567);
  CHECK(seen_comm == "dig");
  REQUIRE(run.names() == "A B");
  for (const std::string& line : run.shown().json) {
    const Json event = Json::parse(line);
    CHECK(event["timestamp"] == 1234567);
    CHECK(event["processName"] == "dig");
    CHECK(event["processId"] == 42);
    CHECK(event["processorId"] == 3);
    CHECK(event["syscall"] == "sendmmsg");
  }
}

TEST_CASE("dispatcher: detectedFrom is the chain of causes with their fields") {
  ScriptedDetectors detectors;
  Script& first = detectors.Add(ParseDetector("a: A needs net_packet_udp"));
  first.definition.produced_event.fields = {{"why", FieldType::kString, ""}};
  first.on_event = [](const EventView&, const Emitter& emit) {
    return emit.Detected({{"why", "because"}});
  };
  Script& second = detectors.Add(ParseDetector("b: B needs A"));
  second.on_event = [](const EventView&, const Emitter& emit) { return emit.Detected(); };

  SUBCASE("when asked for") {
    second.definition.auto_populate.detected_from = true;
    EngineRun run(detectors.Load());
    UdpEvent udp(run.catalogue());
    run.Feed(udp.At(1));
    const Json from = Json::parse(run.shown().json.back())["detectedFrom"];
    CHECK(from["name"] == "A");
    CHECK(from["id"] == 7500);
    CHECK(from["data"] ==
          Json::parse(R"([{"name":"why","type":"const char*","value":"because"}])"));
    CHECK(from["parent"]["name"] == "net_packet_udp");
    CHECK(from["parent"]["id"] == 2003);
    CHECK(from["parent"]["data"][0]["value"] == "10.0.0.1");
    CHECK(from["parent"]["data"][3]["value"] == 53);
    CHECK_FALSE(from["parent"].contains("parent"));
  }
  SUBCASE("and not otherwise") {
    EngineRun run(detectors.Load());
    UdpEvent udp(run.catalogue());
    run.Feed(udp.At(1));
    CHECK_FALSE(Json::parse(run.shown().json.back()).contains("detectedFrom"));
  }
}

TEST_CASE("dispatcher: a detection carries the threat of its definition when asked to") {
  ScriptedDetectors detectors;
  std::vector<std::string> log;
  Script& script = AddEcho(detectors, ParseDetector("a: A needs net_packet_udp"), log);
  script.definition.threat = Threat{"Tunnel",       "data over names", Severity::kHigh,
                                    "Exfiltration", "T1048",           "Exfiltration Over DNS"};
  const auto last = [&detectors] {
    EngineRun run(detectors.Load());
    UdpEvent udp(run.catalogue());
    run.Feed(udp.At(1));
    return Json::parse(run.shown().json.back());
  };
  SUBCASE("asked to") {
    script.definition.auto_populate.threat = true;
    CHECK(last()["threat"] == Json::parse(R"({
        "name": "Tunnel", "description": "data over names", "severity": 3,
        "mitre": {"tactic": {"name": "Exfiltration"},
                  "technique": {"id": "T1048", "name": "Exfiltration Over DNS"}}})"));
  }
  SUBCASE("not asked to") { CHECK_FALSE(last().contains("threat")); }
  SUBCASE("asked to, without one") {
    script.definition.auto_populate.threat = true;
    script.definition.threat.reset();
    CHECK_FALSE(last().contains("threat"));
  }
}

TEST_CASE("dispatcher: an error of one detector is counted and costs nothing to others") {
  ScriptedDetectors detectors;
  std::vector<std::string> log;
  Script& bad = detectors.Add(ParseDetector("a: A needs net_packet_udp"));
  AddEcho(detectors, ParseDetector("b: B needs net_packet_udp"), log);
  SUBCASE("a returned error") {
    bad.on_event = [](const EventView&, const Emitter&) -> Status { return Error("lost count"); };
  }
  SUBCASE("an exception") {
    bad.on_event = [](const EventView&, const Emitter&) -> Status {
      throw std::runtime_error("bug");
    };
  }
  SUBCASE("an exception that is no std::exception") {
    bad.on_event = [](const EventView&, const Emitter&) -> Status { throw 42; };
  }
  EngineRun run(detectors.Load());
  UdpEvent udp(run.catalogue());
  for (std::uint64_t i = 1; i <= 10; ++i) {
    run.Feed(udp.At(i));
  }
  CHECK(run.dispatcher().detectors()[0]->counters().errors == 10);
  CHECK(run.dispatcher().detectors()[1]->counters().errors == 0);
  CHECK(run.shown().names.size() == 10);
  CHECK(run.names().find('A') == std::string::npos);
}

TEST_CASE("dispatcher: what was emitted before an error counts") {
  ScriptedDetectors detectors;
  Script& script = detectors.Add(ParseDetector("a: A needs net_packet_udp"));
  script.on_event = [](const EventView&, const Emitter& emit) -> Status {
    Status status = emit.Detected();
    return status ? Error("after the fact") : std::move(status);
  };
  EngineRun run(detectors.Load());
  UdpEvent udp(run.catalogue());
  run.Feed(udp.At(1));
  CHECK(run.names() == "A");
  CHECK(run.dispatcher().detectors()[0]->counters().errors == 1);
}

TEST_CASE("dispatcher: a detector is suspended after too many errors in a row") {
  constexpr std::uint64_t kMost = DetectorInstance::kMaxErrorsInARow;
  ScriptedDetectors detectors;
  Script& bad = detectors.Add(ParseDetector("a: A needs net_packet_udp"));
  Script& good = detectors.Add(ParseDetector("b: B needs net_packet_udp"));
  std::uint64_t succeed_at = 0;
  bad.on_event = [&succeed_at](const EventView& event, const Emitter&) -> Status {
    return event.sequence() == succeed_at ? Status() : Error("no");
  };
  const auto feed = [](EngineRun& run, std::uint64_t count) {
    UdpEvent udp(run.catalogue());
    for (std::uint64_t i = 1; i <= count; ++i) {
      run.Feed(udp.At(i));
    }
  };
  SUBCASE("and sees nothing any more") {
    EngineRun run(detectors.Load());
    feed(run, kMost + 20);
    const DetectorInstance& instance = *run.dispatcher().detectors()[0];
    CHECK(instance.suspended());
    CHECK(instance.counters().events_in == kMost);
    CHECK(instance.counters().errors == kMost);
    CHECK(instance.counters().skipped == 20);
    CHECK(good.events == static_cast<int>(kMost + 20));
    run.dispatcher().Close();
    CHECK(bad.closed == 1);
  }
  SUBCASE("not one error earlier") {
    EngineRun run(detectors.Load());
    feed(run, kMost - 1);
    CHECK_FALSE(run.dispatcher().detectors()[0]->suspended());
  }
  SUBCASE("and a success starts the count again") {
    succeed_at = kMost;
    EngineRun run(detectors.Load());
    feed(run, 2 * kMost - 1);
    CHECK_FALSE(run.dispatcher().detectors()[0]->suspended());
    CHECK(run.dispatcher().detectors()[0]->counters().errors == 2 * kMost - 2);
  }
}

TEST_CASE("dispatcher: only selected events are shown, also when more are made") {
  ScriptedDetectors detectors;
  std::vector<std::string> log;
  AddEchoes(detectors, ParseDetectors("a: A needs net_packet_udp\n b: B needs A"), log);
  EngineRun run(detectors.Load(), {.events = {}, .detectors = {"b"}});
  UdpEvent udp(run.catalogue());
  run.Feed(udp.At(1));
  CHECK(run.names() == "B");
  CHECK(run.dispatcher().counters().detector_events == 2);
}

TEST_CASE("dispatcher: a detection without room is refused, counted, and the next record is fine") {
  ScriptedDetectors detectors;
  Script& script = detectors.Add(ParseDetector("a: A needs net_packet_udp"));
  script.definition.produced_event.fields = {{"text", FieldType::kString, ""}};
  const std::string half(FindingQueue::kArenaBytes / 2, 'x');
  script.on_event = [&half](const EventView& event, const Emitter& emit) -> Status {
    Status status;
    for (std::uint64_t i = 0; i < event.sequence() && status; ++i) {
      status = emit.Detected({{"text", half}});
    }
    return status;
  };
  EngineRun run(detectors.Load());
  UdpEvent udp(run.catalogue());
  run.Feed(udp.At(3));
  CHECK(run.names() == "A");
  CHECK(run.dispatcher().findings().overflows() == 1);
  CHECK(run.dispatcher().detectors()[0]->counters().errors == 1);
  run.Feed(udp.At(1));
  CHECK(run.names() == "A A");
}

TEST_CASE("dispatcher: the first failure of an output is kept, and detectors go on") {
  class Failing : public Output {
   public:
    Status OnEvent(const Event& /*event*/) override {
      return Error("failure " + std::to_string(++failures_));
    }
    Status Flush() override { return {}; }

   private:
    int failures_ = 0;
  };
  ScriptedDetectors detectors;
  std::vector<std::string> log;
  Script& script = AddEcho(detectors, ParseDetector("a: A needs net_packet_udp"), log);
  EngineRun run(detectors.Load(), {}, std::make_unique<Failing>());
  UdpEvent udp(run.catalogue());
  CHECK(run.dispatcher().output_status().has_value());
  run.Feed(udp.At(1));
  run.Feed(udp.At(2));
  REQUIRE_FALSE(run.dispatcher().output_status().has_value());
  CHECK(run.dispatcher().output_status().error().message() == "failure 1");
  CHECK(script.events == 2);
}

}  // namespace
}  // namespace wirehound::test
