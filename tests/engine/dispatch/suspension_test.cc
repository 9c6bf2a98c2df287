// SPDX-License-Identifier: Apache-2.0

// A detector that fails or takes too long is suspended, and the others are not affected. The clock
// is a number that the detectors of the tests move on, so nothing here waits.

#include "engine/dispatch/dispatcher.h"

#include <cstdint>
#include <functional>
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
namespace suspension_test {

using test::Json;

// The clock of the time budget; the detectors of the tests move it on.
std::uint64_t fake_now_ns = 0;
std::uint64_t FakeClock() { return fake_now_ns; }

constexpr std::uint64_t kBudget = 1000;

RunOptions WithBudget() {
  return {
      .limits = {.max_errors_in_a_row = 3, .time_budget_ns = kBudget, .max_overruns_in_a_row = 3},
      .clock = &FakeClock};
}

Selection ShowAll() { return {.events = {"detectors", "engine"}, .detectors = {}}; }

void FeedEach(EngineRun& run, std::uint64_t count) {
  UdpEvent udp(run.catalogue());
  for (std::uint64_t i = 1; i <= count; ++i) {
    run.Feed(udp.At(i));
  }
}

TEST_CASE("errors: an error of one detector is counted and does not affect the others") {
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
  SUBCASE("an exception that is not a std::exception") {
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

TEST_CASE("errors: a detection emitted before the error is kept") {
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

TEST_CASE("suspension: a detector is suspended after too many errors in a row") {
  constexpr std::uint64_t kMost = DetectorLimits().max_errors_in_a_row;
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
  SUBCASE("and gets no more events") {
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
  SUBCASE("but not one error earlier") {
    EngineRun run(detectors.Load());
    feed(run, kMost - 1);
    CHECK_FALSE(run.dispatcher().detectors()[0]->suspended());
  }
  SUBCASE("and a success resets the count") {
    succeed_at = kMost;
    EngineRun run(detectors.Load());
    feed(run, 2 * kMost - 1);
    CHECK_FALSE(run.dispatcher().detectors()[0]->suspended());
    CHECK(run.dispatcher().detectors()[0]->counters().errors == 2 * kMost - 2);
  }
}

TEST_CASE("suspension: it is an event, shown after the event that caused it and with its context") {
  ScriptedDetectors detectors;
  detectors.Add(ParseDetector("a: A needs net_packet_udp")).on_event =
      [](const EventView&, const Emitter& emit) -> Status {
    Status status = emit.Detected();
    return status ? Error("lost count") : std::move(status);
  };
  EngineRun run(detectors.Load(), ShowAll(), WithBudget());
  FeedEach(run, 5);
  REQUIRE(run.names() == "A A A detector_suspended");
  const Json json = Json::parse(run.shown().json.back());
  CHECK(json["eventId"] == "2030");
  CHECK(json["timestamp"] == 3);
  CHECK(json["processName"] == "dig");
  CHECK(json["args"] == Json::parse(R"([
      {"name":"detector","type":"const char*","value":"a"},
      {"name":"reason","type":"const char*","value":"errors"},
      {"name":"count","type":"unsigned long","value":3},
      {"name":"last_error","type":"const char*","value":"lost count"}])"));
  CHECK_FALSE(json.contains("detectedFrom"));
  CHECK(run.dispatcher().counters().engine_events == 1);
  CHECK(run.dispatcher().counters().detector_events == 3);
}

TEST_CASE("suspension: its event is not made when no detector or output wants it") {
  ScriptedDetectors detectors;
  detectors.Add(ParseDetector("a: A needs net_packet_udp")).on_event =
      [](const EventView&, const Emitter&) -> Status { return Error("no"); };
  EngineRun run(detectors.Load(), {.events = {}, .detectors = {"a"}}, WithBudget());
  FeedEach(run, 5);
  CHECK(run.detector(0).suspended());
  CHECK(run.dispatcher().counters().engine_events == 0);
}

TEST_CASE("suspension: a detector may require its event, but never gets one about itself") {
  ScriptedDetectors detectors;
  const auto fail = [](const EventView&, const Emitter&) -> Status { return Error("no"); };
  detectors.Add(ParseDetector("a: A needs net_packet_udp")).on_event = fail;
  std::vector<std::string> seen;
  for (const char* line : {"b: B needs detector_suspended", "c: C needs detector_suspended"}) {
    Script& script = detectors.Add(ParseDetector(line));
    script.on_event = [&seen, id = script.definition.id](const EventView& event,
                                                         const Emitter&) -> Status {
      const wirehound_string& about = event.field(0)->value.text;
      seen.push_back(id + "<" + std::string(about.data, about.size));
      return Error("no");
    };
  }
  RunOptions options = WithBudget();
  options.limits.max_errors_in_a_row = 1;
  EngineRun run(detectors.Load(), ShowAll(), std::move(options));
  FeedEach(run, 1);
  // b and c fail at the event about a, so both are suspended before they could get the event about
  // each other.
  CHECK(Join(seen) == "b<a c<a");
  CHECK(run.names() == "detector_suspended detector_suspended detector_suspended");
}

TEST_CASE("suspension: a limit of zero never suspends") {
  ScriptedDetectors detectors;
  detectors.Add(ParseDetector("a: A needs net_packet_udp")).on_event =
      [](const EventView&, const Emitter&) -> Status {
    fake_now_ns += 2 * kBudget;
    return Error("no");
  };
  EngineRun run(
      detectors.Load(), {},
      {.limits = {.max_errors_in_a_row = 0, .time_budget_ns = kBudget, .max_overruns_in_a_row = 0},
       .clock = &FakeClock});
  FeedEach(run, 300);
  CHECK_FALSE(run.detector(0).suspended());
  CHECK(run.counters(0).errors == 300);
  CHECK(run.counters(0).overruns == 300);
}

TEST_CASE("time budget: a call over it is counted for its detector only and makes an event") {
  ScriptedDetectors detectors;
  detectors.Add(ParseDetector("a: A needs net_packet_udp"));
  detectors.Add(ParseDetector("b: B needs net_packet_udp")).on_event =
      [](const EventView& event, const Emitter&) -> Status {
    fake_now_ns += event.sequence() == 2 ? kBudget + 1 : kBudget;
    return {};
  };
  detectors.Add(ParseDetector("c: C needs net_packet_udp"));
  EngineRun run(detectors.Load(), ShowAll(), WithBudget());
  FeedEach(run, 3);
  CHECK(run.counters(0).overruns == 0);
  CHECK(run.counters(1).overruns == 1);
  CHECK(run.counters(2).overruns == 0);
  REQUIRE(run.names() == "detector_over_budget");
  const Json json = Json::parse(run.shown().json.back());
  CHECK(json["timestamp"] == 2);
  CHECK(json["args"] == Json::parse(R"([
      {"name":"detector","type":"const char*","value":"b"},
      {"name":"event","type":"const char*","value":"net_packet_udp"},
      {"name":"duration_ns","type":"unsigned long","value":1001},
      {"name":"budget_ns","type":"unsigned long","value":1000}])"));
}

TEST_CASE(
    "time budget: overruns in a row suspend a detector, and one call in time resets the count") {
  ScriptedDetectors detectors;
  std::uint64_t in_time = 0;
  Script& slow = detectors.Add(ParseDetector("a: A needs net_packet_udp"));
  slow.on_event = [&in_time](const EventView& event, const Emitter&) -> Status {
    fake_now_ns += event.sequence() == in_time ? 1 : 2 * kBudget;
    return {};
  };
  Script& other = detectors.Add(ParseDetector("b: B needs net_packet_udp"));
  SUBCASE("in a row") {
    EngineRun run(detectors.Load(), ShowAll(), WithBudget());
    FeedEach(run, 5);
    CHECK(slow.events == 3);
    CHECK(other.events == 5);
    CHECK(run.detector(0).suspended());
    CHECK(run.counters(0).skipped == 2);
    REQUIRE(run.names() ==
            "detector_over_budget detector_over_budget detector_over_budget detector_suspended");
    const Json args = Json::parse(run.shown().json.back())["args"];
    CHECK(args[1]["value"] == "time_budget");
    CHECK(args[2]["value"] == 3);
    CHECK(args[3]["value"] == "");
  }
  SUBCASE("not in a row") {
    in_time = 3;
    EngineRun run(detectors.Load(), ShowAll(), WithBudget());
    FeedEach(run, 5);
    CHECK(slow.events == 5);
    CHECK_FALSE(run.detector(0).suspended());
    CHECK(run.counters(0).overruns == 4);
  }
}

TEST_CASE("time budget: without one the clock is not read") {
  ScriptedDetectors detectors;
  detectors.Add(ParseDetector("a: A needs net_packet_udp"));
  static int reads;
  reads = 0;
  RunOptions options = WithBudget();
  options.clock = []() -> std::uint64_t { return static_cast<std::uint64_t>(++reads); };
  int expected = 6;
  SUBCASE("without") {
    options.limits.time_budget_ns = 0;
    expected = 0;
  }
  SUBCASE("with one, once for each call and once for each event") {}
  EngineRun run(detectors.Load(), {}, std::move(options));
  FeedEach(run, 3);
  CHECK(reads == expected);
}

TEST_CASE("time budget: events about overruns cannot cause an endless chain of overruns") {
  ScriptedDetectors detectors;
  const auto slow = [](const EventView&, const Emitter&) -> Status {
    fake_now_ns += 2 * kBudget;
    return {};
  };
  Script& a = detectors.Add(ParseDetector("a: A needs net_packet_udp?, detector_over_budget"));
  Script& b = detectors.Add(ParseDetector("b: B needs detector_over_budget"));
  a.on_event = slow;
  b.on_event = slow;
  RunOptions options = WithBudget();
  options.limits.max_overruns_in_a_row = 0;
  EngineRun run(detectors.Load(), ShowAll(), std::move(options));
  FeedEach(run, 1);
  // a overruns; b overruns at the event about a; a overruns at the event about b. No third event is
  // made.
  CHECK(run.names() == "detector_over_budget detector_over_budget");
  CHECK(run.counters(0).overruns == 2);
  CHECK(run.counters(1).overruns == 1);
}

TEST_CASE("time per call: the first of many calls is timed") {
  ScriptedDetectors detectors;
  detectors.Add(ParseDetector("a: A needs net_packet_udp"));
  EngineRun run(detectors.Load());
  FeedEach(run, DetectorInstance::kTimedEvery + 1);
  const DetectorInstance::Counters counters = run.counters(0);
  CHECK(counters.timed_calls == 2);
  CHECK(counters.timed_max_ns <= counters.timed_ns);
}

TEST_CASE("crash context: it names the running detector and its event only while the call lasts") {
  ScriptedDetectors detectors;
  std::vector<std::string> log;
  const auto note = [&log] {
    const DetectorDefinition* detector = g_crash_context.detector;
    const Event* event = g_crash_context.event;
    const char* file = g_crash_context.file;
    const char* function = g_crash_context.function;
    log.push_back((detector == nullptr ? "nobody" : detector->id) + "/" + file + "/" + function +
                  "/" + (event == nullptr ? "" : event->definition->name));
  };
  Script& script = detectors.Add(ParseDetector("a: A needs net_packet_udp"));
  script.construct = note;
  script.init = [&](const InitContext&) -> Status { return note(), Status(); };
  script.on_event = [&](const EventView&, const Emitter&) -> Status { return note(), Status(); };
  script.close = [&]() -> Status { return note(), Status(); };
  script.destroy = note;
  {
    EngineRun run(detectors.Load());
    FeedEach(run, 1);
    CHECK(g_crash_context.detector == nullptr);
    CHECK(g_crash_context.event == nullptr);
  }
  CHECK(Join(log) ==
        "a/slot0.so/create/ a/slot0.so/Init/ a/slot0.so/OnEvent/net_packet_udp a/slot0.so/Close/ "
        "a/slot0.so/destroy/");
  CHECK(g_crash_context.detector == nullptr);
}

}  // namespace suspension_test
}  // namespace wirehound::test
