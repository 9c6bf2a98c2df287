// SPDX-License-Identifier: Apache-2.0

// Filters as the dispatcher applies them: filters of requirements decide which events a detector
// gets, filters of the user which events are shown, and the scope which events exist at all.

#include <string>
#include <vector>

#include <doctest/doctest.h>

#include "engine/dispatch/dispatcher.h"
#include "tests/engine/support/echo_detectors.h"
#include "tests/engine/support/engine_run.h"
#include "tests/engine/support/udp_event.h"

namespace wirehound::test {
namespace dispatch_filter_test {

// A detector of net_packet_udp (10.0.0.1 port 40000 to 10.0.0.2 port 53, by dig) with requirements
// that have these filters: "data.dst_port=53" and "scope.comm=dig", several with "&".
struct Requirements {
  std::vector<std::vector<std::string>> data;
  std::vector<std::vector<std::string>> scope = {};
};

DetectorDefinition WithRequirements(const Requirements& requirements) {
  DetectorDefinition definition = ParseDetector("a: A needs");
  for (std::size_t i = 0; i < requirements.data.size(); ++i) {
    EventRequirement requirement = {"net_packet_udp"};
    requirement.data_filters = requirements.data[i];
    if (i < requirements.scope.size()) {
      requirement.scope_filters = requirements.scope[i];
    }
    definition.requirements.events.push_back(requirement);
  }
  return definition;
}

TEST_CASE(
    "requirement filters: a detector gets an event that passes all filters of any requirement") {
  struct Case {
    Requirements requirements;
    bool seen;
  };
  const std::vector<std::string> yes = {"dst_port=53"};
  const std::vector<std::string> no = {"dst_port=54"};
  const Case cases[] = {
      {{{{}}}, true},
      {{{yes}}, true},
      {{{no}}, false},
      {{{no, yes}}, true},
      {{{no, no}}, false},
      {{{no, {}}}, true},  // a requirement without filters lets every event pass
      {{{{}, no}}, true},
      {{{{"dst_port=53", "src_port=1"}}}, false},
      {{{yes}, {{"comm=dig"}}}, true},
      {{{yes}, {{"comm=curl"}}}, false},
      {{{{}}, {{"comm=curl"}}}, false},
      {{{no, {}}, {{}, {"comm=dig"}}}, true},
  };
  for (const Case& c : cases) {
    CAPTURE(&c - cases);
    ScriptedDetectors detectors;
    Script& script = detectors.Add(WithRequirements(c.requirements));
    EngineRun run(detectors.Load());
    REQUIRE(run.start_failures().empty());
    UdpEvent udp(run.catalogue());
    run.Feed(udp.At(1));
    CHECK(script.events == (c.seen ? 1 : 0));
    CHECK(run.counters(0).filtered == (c.seen ? 0 : 1));
    CHECK(run.counters(0).events_in == (c.seen ? 1 : 0));
  }
}

TEST_CASE("requirement filters: they affect the detector that declares them and no other") {
  ScriptedDetectors detectors;
  Script& choosy = detectors.Add(WithRequirements({{{"dst_port=54"}}}));
  Script& other = detectors.Add(ParseDetector("b: B needs net_packet_udp"));
  EngineRun run(detectors.Load(), {.events = {"net_packet_udp"}, .detectors = {"all"}});
  UdpEvent udp(run.catalogue());
  run.Feed(udp.At(1));
  CHECK(choosy.events == 0);
  CHECK(other.events == 1);
  CHECK(run.names() == "net_packet_udp");
}

TEST_CASE("requirement filters: they apply to detections too") {
  ScriptedDetectors detectors;
  Script& script = detectors.Add(ParseDetector("a: A needs net_packet_udp"));
  script.definition.produced_event.fields = {{"n", FieldType::kUint64, ""}};
  script.on_event = [](const EventView& event, const Emitter& emit) {
    return emit.Detected({{"n", event.sequence()}});
  };
  Script& consumer = detectors.Add(ParseDetector("b: B needs A"));
  consumer.definition.requirements.events[0].data_filters = {"n>=2"};
  EngineRun run(detectors.Load());
  UdpEvent udp(run.catalogue());
  for (const std::uint64_t i : {1, 2, 3}) {
    run.Feed(udp.At(i));
  }
  CHECK(consumer.events == 2);
}

TEST_CASE("requirement filters: a detector whose filter does not compile is left out") {
  ScriptedDetectors detectors;
  Script& bad = detectors.Add(WithRequirements({{{"dst_prt=53"}}}));
  Script& good = detectors.Add(ParseDetector("b: B needs net_packet_udp"));
  EngineRun run(detectors.Load());
  REQUIRE(run.set().complaints().size() == 1);
  CHECK(run.set().complaints()[0].find("filter on event 'net_packet_udp': ") != std::string::npos);
  CHECK(bad.created == 0);
  CHECK(good.initialised == 1);
}

TEST_CASE("user filters: they decide what outputs show, not what detectors get") {
  ScriptedDetectors detectors;
  std::vector<std::string> log;
  AddEcho(detectors, ParseDetector("a: A needs net_packet_udp"), log);
  std::string filter = "net_packet_udp.data.dst_port=53";
  bool shown = true;
  SUBCASE("passed") {}
  SUBCASE("held back") {
    filter = "net_packet_udp.data.dst_port=54";
    shown = false;
  }
  EngineRun run(detectors.Load(), {.events = {filter}, .detectors = {"a"}});
  UdpEvent udp(run.catalogue());
  run.Feed(udp.At(1));
  CHECK(run.names() == (shown ? "net_packet_udp A" : "A"));
  CHECK(run.dispatcher().counters().hidden == (shown ? 0 : 1));
  CHECK(Join(log) == "a<net_packet_udp");
}

TEST_CASE("user filters: they apply to detections too") {
  ScriptedDetectors detectors;
  Script& script = detectors.Add(ParseDetector("a: A needs net_packet_udp"));
  script.definition.produced_event.fields = {{"n", FieldType::kUint64, ""}};
  script.on_event = [](const EventView& event, const Emitter& emit) {
    return emit.Detected({{"n", event.sequence()}});
  };
  Script& consumer = detectors.Add(ParseDetector("b: B needs A"));
  EngineRun run(detectors.Load(), {.events = {"A.data.n=2"}, .detectors = {"b"}});
  UdpEvent udp(run.catalogue());
  for (const std::uint64_t i : {1, 2, 3}) {
    run.Feed(udp.At(i));
  }
  CHECK(run.names() == "A");
  CHECK(consumer.events == 3);
  CHECK(run.dispatcher().counters().hidden == 2);
}

TEST_CASE("scope: neither outputs nor detectors get an event outside it") {
  ScriptedDetectors detectors;
  std::vector<std::string> log;
  AddEcho(detectors, ParseDetector("a: A needs net_packet_udp"), log);
  EngineRun run(detectors.Load(),
                {.events = {"net_packet_udp"}, .detectors = {"a"}, .scope = {"comm=curl"}});
  UdpEvent udp(run.catalogue());
  run.Feed(udp.At(1));
  CHECK(run.names().empty());
  CHECK(log.empty());
  CHECK(run.dispatcher().counters().out_of_scope == 1);
  CHECK(run.dispatcher().counters().base_events == 1);
  udp.process().comm = {"curl", 4};
  run.Feed(udp.At(2));
  CHECK(run.names() == "net_packet_udp A");
  CHECK(run.dispatcher().counters().out_of_scope == 1);
}

TEST_CASE("versions: a detector does not get an optional event outside its version window") {
  ScriptedDetectors detectors;
  Script& script = detectors.Add(ParseDetector("a: A needs net_packet_tcp, net_packet_udp?"));
  std::uint32_t id = 0;
  bool resolved = true;
  script.init = [&](const InitContext& context) -> Status {
    resolved = context.ResolveEvent("net_packet_udp", id);
    return {};
  };
  script.definition.requirements.events[1].min_version = {2, 0, 0};
  EngineRun run(detectors.Load(), {.events = {"net_packet_udp"}, .detectors = {"a"}});
  UdpEvent udp(run.catalogue());
  run.Feed(udp.At(1));
  CHECK(script.events == 0);
  CHECK_FALSE(resolved);
}

}  // namespace dispatch_filter_test
}  // namespace wirehound::test
