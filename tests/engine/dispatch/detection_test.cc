// SPDX-License-Identifier: Apache-2.0

// The parts of a detection besides its fields: what it inherits, its threat, its causes, the
// parents of its process. The definition asks for them, or the single detection does.

#include "engine/dispatch/dispatcher.h"

#include <string>
#include <vector>

#include <doctest/doctest.h>

#include "tests/engine/support/echo_detectors.h"
#include "tests/engine/support/engine_run.h"
#include "tests/engine/support/json.h"
#include "tests/engine/support/scripted_detector.h"
#include "tests/engine/support/udp_event.h"

namespace wirehound::test {
namespace detection_test {

using test::Json;

TEST_CASE("detection: a detection inherits time, process and system call of its cause") {
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

TEST_CASE("detection: detectedFrom is the chain of causes with their fields") {
  ScriptedDetectors detectors;
  Script& first = detectors.Add(ParseDetector("a: A needs net_packet_udp"));
  first.definition.produced_event.fields = {{"why", FieldType::kString, ""}};
  first.on_event = [](const EventView&, const Emitter& emit) {
    return emit.Detected({{"why", "because"}});
  };
  Script& second = detectors.Add(ParseDetector("b: B needs A"));
  second.on_event = [](const EventView&, const Emitter& emit) { return emit.Detected(); };

  SUBCASE("when the definition asks for it") {
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
  SUBCASE("not otherwise") {
    EngineRun run(detectors.Load());
    UdpEvent udp(run.catalogue());
    run.Feed(udp.At(1));
    CHECK_FALSE(Json::parse(run.shown().json.back()).contains("detectedFrom"));
  }
}

TEST_CASE("detection: a detection carries the threat of its definition when asked to") {
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
  SUBCASE("asked to, but the definition has none") {
    script.definition.auto_populate.threat = true;
    script.definition.threat.reset();
    CHECK_FALSE(last().contains("threat"));
  }
}

TEST_CASE(
    "detection: its detector may give it another threat, which is copied with its properties") {
  ScriptedDetectors detectors;
  Script& script = detectors.Add(ParseDetector("a: A needs net_packet_udp"));
  script.definition.threat = Threat{"Usual", "as ever"};
  script.on_event = [](const EventView& event, const Emitter& emit) -> Status {
    Threat threat = {"Worse", "than usual", Severity::kCritical};
    threat.properties = {{"sequence", std::to_string(event.sequence())}};
    return emit.Detected({}, {.threat = threat});
  };
  EngineRun run(detectors.Load());
  UdpEvent udp(run.catalogue());
  run.Feed(udp.At(5));
  const Json threat = Json::parse(run.shown().json.back())["threat"];
  CHECK(threat["name"] == "Worse");
  CHECK(threat["severity"] == 4);
  CHECK(threat["properties"] == Json::parse(R"({"sequence":"5"})"));
}

TEST_CASE("detection: its detector may ask for more or fewer parts than the definition does") {
  ScriptedDetectors detectors;
  Script& script = detectors.Add(ParseDetector("a: A needs net_packet_udp"));
  script.definition.threat = Threat{"T", "D"};
  AutoPopulate wanted;
  script.on_event = [&wanted](const EventView&, const Emitter& emit) {
    return emit.Detected({}, {.auto_populate = wanted});
  };
  SUBCASE("more") { wanted = {.threat = true, .detected_from = true}; }
  SUBCASE("fewer") { script.definition.auto_populate = {.threat = true, .detected_from = true}; }
  EngineRun run(detectors.Load());
  UdpEvent udp(run.catalogue());
  run.Feed(udp.At(1));
  const Json json = Json::parse(run.shown().json.back());
  CHECK(json.contains("threat") == wanted.threat);
  CHECK(json.contains("detectedFrom") == wanted.detected_from);
}

TEST_CASE("detection: a detector can read the chain of causes of the event it gets") {
  ScriptedDetectors detectors;
  std::vector<std::string> log;
  AddEchoes(detectors, ParseDetectors("a: A needs net_packet_udp\n b: B needs A"), log);
  std::string chain;
  detectors.Add(ParseDetector("c: C needs B, net_packet_udp")).on_event =
      [&chain](const EventView& event, const Emitter&) -> Status {
    for (const wirehound_event* at = &event.abi(); at != nullptr; at = at->detected_from) {
      chain += std::string(at->name.data, at->name.size) + " ";
    }
    return {};
  };
  EngineRun run(detectors.Load());
  UdpEvent udp(run.catalogue());
  run.Feed(udp.At(1));
  CHECK(chain == "net_packet_udp B A net_packet_udp ");
}

TEST_CASE("detection: parents are left out when the engine knows no processes") {
  ScriptedDetectors detectors;
  std::vector<std::string> log;
  Script& script = AddEcho(detectors, ParseDetector("a: A needs net_packet_udp"), log);
  script.definition.auto_populate.ancestry = true;
  EngineRun run(detectors.Load());
  UdpEvent udp(run.catalogue());
  udp.process().process_entity_id = 77;
  run.Feed(udp.At(1));
  CHECK_FALSE(Json::parse(run.shown().json.back()).contains("processAncestry"));
}

TEST_CASE("detection: addresses and lists of texts are fields like any other") {
  ScriptedDetectors detectors;
  Script& script = detectors.Add(ParseDetector("a: A needs net_packet_udp"));
  script.definition.produced_event.fields = {{"who", FieldType::kAddress, ""},
                                             {"names", FieldType::kStringList, ""}};
  const wirehound_address address = {{192, 0, 2, 7}, WIREHOUND_FAMILY_IPV4, {}};
  const wirehound_string names[] = {{"a.example", 9}, {"b\"", 2}};
  script.on_event = [&](const EventView&, const Emitter& emit) {
    NamedValue who("who", 0);
    who.type = WIREHOUND_TYPE_ADDRESS;
    who.value.message = &address;
    NamedValue list("names", 0);
    list.type = WIREHOUND_TYPE_STRING_LIST;
    list.value.list = {names, 2, sizeof(names[0])};
    return emit.Detected({who, list});
  };
  EngineRun run(detectors.Load());
  UdpEvent udp(run.catalogue());
  run.Feed(udp.At(1));
  REQUIRE(run.names() == "A");
  CHECK(Json::parse(run.shown().json.back())["args"] == Json::parse(R"([
      {"name":"who","type":"const char*","value":"192.0.2.7"},
      {"name":"names","type":"[]string","value":["a.example","b\""]}])"));
}

}  // namespace detection_test
}  // namespace wirehound::test
