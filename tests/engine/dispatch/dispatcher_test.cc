// SPDX-License-Identifier: Apache-2.0

// Dispatcher: which detector and output sees which event, in which order. The lines of the dispatch
// contract and the tests that protect them:
//
//   order of events and consumers       here
//   Init, Close, when they are called   here, adopt_test.cc (replacement)
//   zero, one or many detections        here
//   one subscription for each event     here, dispatch_filter_test.cc (its filters)
//   filters of requirements and users   dispatch_filter_test.cc
//   what a detection inherits and says  detection_test.cc
//   errors, time, suspension            suspension_test.cc
//   versions of events                  dependency_graph_test.cc, dispatch_filter_test.cc
//   log, configuration, counters        detector_instance_test.cc
//   stream time and timers              timer_queue_test.cc, timers_test.cc

#include "engine/dispatch/dispatcher.h"

#include <algorithm>
#include <memory>
#include <stdexcept>
#include <string>
#include <vector>

#include <doctest/doctest.h>

#include "tests/engine/support/echo_detectors.h"
#include "tests/engine/support/engine_run.h"
#include "tests/engine/support/json.h"
#include "tests/engine/support/scripted_detector.h"
#include "tests/engine/support/udp_event.h"

namespace wirehound::test {
namespace dispatcher_test {

using test::Json;

Selection ShowAll() { return {.events = {"net_packet_udp", "detectors"}, .detectors = {}}; }

TEST_CASE("dispatcher: outputs see an event before the detections it led to, level by level") {
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
  CHECK(script.described == 0);  // only the loader calls Describe
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

TEST_CASE("dispatcher: Close is called exactly once after a successful Init") {
  ScriptedDetectors detectors;
  Script& script = detectors.Add(ParseDetector("a: A needs net_packet_udp"));
  SUBCASE("when the dispatcher is told to close, and not again later") {
    {
      EngineRun run(detectors.Load());
      run.dispatcher().Close();
      run.dispatcher().Close();
      CHECK(script.closed == 1);
      CHECK(script.destroyed == 0);
    }
  }
  SUBCASE("when the dispatcher is destroyed without having been closed") {
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

TEST_CASE(
    "dispatcher: a detector that fails to start is reported, not closed, and the others run") {
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
    bad.destroyed = 1;  // no object was made, so there is none to destroy
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

TEST_CASE("dispatcher: a detector that requires an event twice is called once for it") {
  ScriptedDetectors detectors;
  Script& script =
      detectors.Add(ParseDetector("a: A needs net_packet_udp, net_packet_udp, net_packet_udp?"));
  EngineRun run(detectors.Load());
  UdpEvent udp(run.catalogue());
  run.Feed(udp.At(1));
  CHECK(script.events == 1);
}

TEST_CASE("dispatcher: outputs see only the selected events, even when more are made") {
  ScriptedDetectors detectors;
  std::vector<std::string> log;
  AddEchoes(detectors, ParseDetectors("a: A needs net_packet_udp\n b: B needs A"), log);
  EngineRun run(detectors.Load(), {.events = {}, .detectors = {"b"}});
  UdpEvent udp(run.catalogue());
  run.Feed(udp.At(1));
  CHECK(run.names() == "B");
  CHECK(run.dispatcher().counters().detector_events == 2);
}

TEST_CASE(
    "dispatcher: a detection without room is refused and counted; the next record has room again") {
  ScriptedDetectors detectors;
  Script& script = detectors.Add(ParseDetector("a: A needs net_packet_udp"));
  script.definition.produced_event.fields = {{"text", FieldType::kString, ""}};
  const std::string half(DetectionQueue::kArenaBytes / 2, 'x');
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
  CHECK(run.dispatcher().detections().overflows() == 1);
  CHECK(run.dispatcher().detectors()[0]->counters().errors == 1);
  run.Feed(udp.At(1));
  CHECK(run.names() == "A A");
}

TEST_CASE("dispatcher: the first error of an output is kept, and detectors still get events") {
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

}  // namespace dispatcher_test
}  // namespace wirehound::test
