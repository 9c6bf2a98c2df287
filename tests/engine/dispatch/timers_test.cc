// SPDX-License-Identifier: Apache-2.0

// The timers of detectors as the dispatcher fires them: in stream time, between records, each in a
// separate turn.

#include <wirehound/abi/timers_abi.h>

#include <cstdint>
#include <string>
#include <vector>

#include <doctest/doctest.h>

#include "engine/dispatch/dispatcher.h"
#include "tests/engine/support/echo_detectors.h"
#include "tests/engine/support/engine_run.h"
#include "tests/engine/support/json.h"
#include "tests/engine/support/udp_event.h"

namespace wirehound::test {
namespace timers_test {

using test::Json;

Selection ShowAll() {
  return {.events = {"net_packet_udp", "detectors", "engine"}, .detectors = {}};
}

const wirehound_timers& TimersOf(const InitContext& context) {
  return *static_cast<const wirehound_timers*>(context.Extension(WIREHOUND_TIMERS_EXTENSION));
}

// A detector that starts timers in Init and logs each that fires: "id@due".
struct Ticker {
  Ticker(ScriptedDetectors& detectors, const std::string& line,
         const std::vector<wirehound_timer>& in_init, std::vector<std::string>& log)
      : script(detectors.Add(ParseDetector(line))) {
    script.init = [this, in_init](const InitContext& context) -> Status {
      table = &TimersOf(context);
      for (const wirehound_timer& timer : in_init) {
        CHECK(Start(timer.id, timer.due_ns, timer.missed) == WIREHOUND_OK);
      }
      return {};
    };
    script.on_timer = [&log, id = script.definition.id](const wirehound_timer& timer,
                                                        const Emitter& emit) {
      log.push_back(id + std::to_string(timer.id) + "@" + std::to_string(timer.due_ns) +
                    (timer.missed == 0 ? "" : "+" + std::to_string(timer.missed)));
      return emit.Detected();
    };
  }
  std::int32_t Start(std::uint64_t id, std::uint64_t after_ns, std::uint64_t period_ns = 0) {
    return table->start(table->context, id, after_ns, period_ns);
  }

  Script& script;
  const wirehound_timers* table = nullptr;
};

// A timer to be started in Init.
wirehound_timer After(std::uint64_t id, std::uint64_t after_ns, std::uint64_t period_ns = 0) {
  return {0, 0, id, after_ns, period_ns};
}

TEST_CASE("timers: timers started in Init count from the first record, and fire before it if due") {
  ScriptedDetectors detectors;
  std::vector<std::string> log;
  Ticker ticker(detectors, "a: A needs net_packet_udp", {After(1, 0), After(2, 10)}, log);
  EngineRun run(detectors.Load(), ShowAll());
  CHECK(run.dispatcher().next_timer_ns() == 0);
  UdpEvent udp(run.catalogue());
  run.Feed(udp.At(1000));
  CHECK(Join(log) == "a1@1000");
  CHECK(run.names() == "A net_packet_udp");
  CHECK(run.dispatcher().next_timer_ns() == 1010);
  run.Feed(udp.At(1009));
  run.Feed(udp.At(1020));
  CHECK(Join(log) == "a1@1000 a2@1010");
  CHECK(run.names() == "A net_packet_udp net_packet_udp A net_packet_udp");
  CHECK_FALSE(run.dispatcher().next_timer_ns().has_value());
  CHECK(run.counters(0).timers == 2);
  CHECK(run.dispatcher().counters().timers == 2);
}

TEST_CASE(
    "timers: a detection made in a timer has the time of the timer, no process and no cause") {
  ScriptedDetectors detectors;
  std::vector<std::string> log;
  Ticker ticker(detectors, "a: A needs net_packet_udp", {After(1, 10)}, log);
  ticker.script.definition.auto_populate.detected_from = true;
  EngineRun run(detectors.Load());
  UdpEvent udp(run.catalogue());
  run.Feed(udp.At(5));
  run.Feed(udp.At(100));
  REQUIRE(run.names() == "A");
  const Json json = Json::parse(run.shown().json.back());
  CHECK(json["timestamp"] == 15);
  CHECK(json["processName"] == "");
  CHECK(json["processId"] == 0);
  CHECK(json["syscall"] == "");
  CHECK_FALSE(json.contains("detectedFrom"));
}

TEST_CASE(
    "timers: each timer has its own turn and stream time, finished before the next one fires") {
  ScriptedDetectors detectors;
  std::vector<std::string> log;
  std::vector<std::uint64_t> times;
  EngineRun* engine = nullptr;
  Ticker a(detectors, "a: A needs net_packet_udp", {After(1, 10), After(2, 20)}, log);
  Ticker b(detectors, "b: B needs net_packet_udp", {After(3, 10)}, log);
  detectors.Add(ParseDetector("c: C needs A, B")).on_event = [&](const EventView& event,
                                                                 const Emitter&) -> Status {
    log.push_back("c<" + std::string(event.name()) + "@" + std::to_string(event.timestamp_ns()));
    times.push_back(engine->time().now_ns);
    return {};
  };
  EngineRun run(detectors.Load());
  engine = &run;
  UdpEvent udp(run.catalogue());
  run.Feed(udp.At(100));
  run.Feed(udp.At(1000));
  CHECK(Join(log) == "a1@110 c<A@110 b3@110 c<B@110 a2@120 c<A@120");
  CHECK(times == std::vector<std::uint64_t>{110, 110, 120});
  CHECK(run.time().now_ns == 1000);
}

TEST_CASE("timers: a periodic timer that is late fires once and keeps its phase") {
  ScriptedDetectors detectors;
  std::vector<std::string> log;
  Ticker ticker(detectors, "a: A needs net_packet_udp", {After(1, 10, 10)}, log);
  EngineRun run(detectors.Load());
  UdpEvent udp(run.catalogue());
  for (const std::uint64_t at : {100, 111, 145, 150}) {
    run.Feed(udp.At(at));
  }
  CHECK(Join(log) == "a1@110 a1@120+2 a1@150");
}

TEST_CASE("timers: a record with an older time does not move stream time back") {
  ScriptedDetectors detectors;
  std::vector<std::string> log;
  Ticker ticker(detectors, "a: A needs net_packet_udp", {}, log);
  ticker.script.on_event = [&ticker](const EventView& event, const Emitter&) -> Status {
    return event.sequence() == 90 ? (ticker.Start(1, 5), Status()) : Status();
  };
  EngineRun run(detectors.Load());
  UdpEvent udp(run.catalogue());
  run.Feed(udp.At(100));
  run.Feed(udp.At(90));
  CHECK(run.time().now_ns == 100);
  run.Feed(udp.At(104));
  CHECK(log.empty());
  run.Feed(udp.At(105));
  CHECK(Join(log) == "a1@105");
}

TEST_CASE("timers: a timer that restarts itself with no delay cannot hold up the stream") {
  ScriptedDetectors detectors;
  std::vector<std::string> log;
  Ticker ticker(detectors, "a: A needs net_packet_udp", {After(1, 0)}, log);
  ticker.script.on_timer = [&ticker](const wirehound_timer&, const Emitter&) -> Status {
    ticker.Start(1, 0);
    return {};
  };
  EngineRun run(detectors.Load(), ShowAll());
  UdpEvent udp(run.catalogue());
  run.Feed(udp.At(1));
  CHECK(run.names() == "net_packet_udp");
  CHECK(run.counters(0).timers == Dispatcher::kMaxTimersAtOnce);
  CHECK(run.dispatcher().counters().timers_postponed == 1);
}

TEST_CASE("timers: no timer fires after its detector has ended") {
  ScriptedDetectors detectors;
  std::vector<std::string> log;
  Ticker a(detectors, "a: A needs net_packet_udp", {After(1, 10, 10)}, log);
  Ticker b(detectors, "b: B needs net_packet_udp", {After(2, 10, 10)}, log);
  EngineRun run(detectors.Load(), {},
                RunOptions{.limits = {.max_errors_in_a_row = 1, .time_budget_ns = 0}});
  UdpEvent udp(run.catalogue());
  run.Feed(udp.At(100));
  SUBCASE("when the detector is suspended, even for errors in a timer") {
    a.script.on_timer = [](const wirehound_timer&, const Emitter&) -> Status {
      return Error("no");
    };
    run.Feed(udp.At(110));
    CHECK(run.detector(0).suspended());
    CHECK(a.Start(5, 1) == WIREHOUND_ERROR_INVALID);
    run.Feed(udp.At(120));
    CHECK(Join(log) == "b2@110 b2@120");
    CHECK(run.counters(0).errors == 1);
  }
  SUBCASE("when the dispatcher closes all detectors") {
    a.script.close = [&a]() -> Status {
      CHECK(a.Start(9, 1) == WIREHOUND_ERROR_INVALID);
      return {};
    };
    run.dispatcher().Close();
    CHECK_FALSE(run.dispatcher().next_timer_ns().has_value());
    run.dispatcher().AdvanceTime(1'000);
    CHECK(log.empty());
  }
  SUBCASE("when the detector is dropped") {
    REQUIRE(run.Adopt({.events = {}, .detectors = {"b"}}).has_value());
    run.Feed(udp.At(110));
    CHECK(Join(log) == "b2@110");
  }
}

TEST_CASE("timers: a detector that fails to start leaves no timers behind") {
  ScriptedDetectors detectors;
  std::vector<std::string> log;
  Script& script = detectors.Add(ParseDetector("a: A needs net_packet_udp"));
  script.init = [](const InitContext& context) -> Status {
    const wirehound_timers& table = TimersOf(context);
    table.start(table.context, 1, 10, 0);
    return Error("no");
  };
  detectors.Add(ParseDetector("b: B needs net_packet_udp"));
  EngineRun run(detectors.Load());
  CHECK_FALSE(run.dispatcher().next_timer_ns().has_value());
}

TEST_CASE("timers: a plugin without on_timer cannot start timers") {
  ScriptedDetectors detectors;
  std::int32_t status = WIREHOUND_OK;
  detectors.Add(ParseDetector("a: A needs net_packet_udp")).init =
      [&status](const InitContext& context) -> Status {
    const wirehound_timers& table = TimersOf(context);
    status = table.start(table.context, 1, 10, 0);
    return {};
  };
  LoadedPlugins plugins = detectors.Load();
  wirehound_detector table = *plugins.detectors[0].table;
  SUBCASE("its table ends before on_timer") {
    table.struct_size = WIREHOUND_STRUCT_SIZE(wirehound_detector, last_error);
  }
  SUBCASE("on_timer is null") { table.on_timer = nullptr; }
  plugins.detectors[0].table = &table;
  EngineRun run(std::move(plugins));
  CHECK(status == WIREHOUND_ERROR_INVALID);
}

}  // namespace timers_test
}  // namespace wirehound::test
