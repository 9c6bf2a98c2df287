// SPDX-License-Identifier: Apache-2.0

// DetectorSet: which of the loaded detectors it accepts together, and the ids of their events.

#include "engine/run/detector_set.h"

#include <algorithm>
#include <string>
#include <utility>
#include <vector>

#include <doctest/doctest.h>

#include "tests/engine/support/graph_text.h"

namespace wirehound::test {
namespace detector_set_test {

// A set of detectors that never run, loaded from 0.so, 1.so and so on.
DetectorSet MakeSet(const std::vector<DetectorDefinition>& definitions) {
  LoadedPlugins plugins;
  for (const DetectorDefinition& definition : definitions) {
    plugins.detectors.push_back(
        {nullptr, definition, std::to_string(plugins.detectors.size()) + ".so"});
  }
  return DetectorSet::Make(std::move(plugins));
}

DetectorSet MakeSet(const std::string& text) { return MakeSet(ParseDetectors(text)); }

std::string Ids(const DetectorSet& set) {
  std::vector<std::string> ids;
  for (const DetectorDefinition* definition : set.definitions()) {
    ids.push_back(definition->id);
  }
  return Join(ids);
}

// "A=7500 B=7501"
std::string EventIds(const DetectorSet& set) {
  std::vector<std::string> events;
  for (const EventDefinition* event : set.catalogue().InSet("detectors")) {
    events.push_back(event->name + "=" + std::to_string(event->id));
  }
  return Join(events);
}

TEST_CASE("detector set: of two detectors with the same id the one of the first file stays") {
  const DetectorSet set = MakeSet("x: A needs net_packet_udp\n x: B needs net_packet_udp");
  CHECK(EventIds(set) == "A=7500");
  CHECK(set.complaints() ==
        std::vector<std::string>{
            "plugin 1.so: detector 'x' left out: a detector of that id is loaded from 0.so"});
}

TEST_CASE("detector set: of two detectors with the same event the one of the first file stays") {
  const DetectorSet set = MakeSet("x: A needs net_packet_udp\n y: A needs net_packet_udp");
  CHECK(Ids(set) == "x");
  CHECK(set.complaints() ==
        std::vector<std::string>{
            "plugin 1.so: detector 'y' left out: event name 'A' is taken by 0.so"});
}

TEST_CASE("detector set: a detector whose event has the name of a base event is refused") {
  const DetectorSet set = MakeSet("x: net_packet_dns needs net_packet_udp");
  CHECK(Ids(set).empty());
  CHECK(set.complaints() ==
        std::vector<std::string>{"plugin 0.so: detector 'x' left out: event name "
                                 "'net_packet_dns' is a base event's"});
}

TEST_CASE("detector set: a detector that needs a refused one is left out too") {
  const DetectorSet set = MakeSet(R"(
      x: A needs net_packet_udp
      x: B needs net_packet_udp
      y: C needs B)");
  CHECK(EventIds(set) == "A=7500");
  REQUIRE(set.complaints().size() == 2);
  CHECK(set.complaints()[1] == "detector 'y' left out: required event 'B' does not exist");
}

TEST_CASE("detector set: each detector on a cycle is reported") {
  const DetectorSet set = MakeSet("a: A needs B\n b: B needs A\n c: C needs net_packet_tcp");
  CHECK(EventIds(set) == "C=7500");
  CHECK(set.complaints() ==
        std::vector<std::string>{"detector 'a' left out: it is on a cycle: a needs b needs a",
                                 "detector 'b' left out: it is on a cycle: a needs b needs a"});
}

TEST_CASE("detector set: event ids follow the order of detector ids, not that of loading") {
  std::vector<DetectorDefinition> definitions = ParseDetectors(R"(
      a: Z needs M
      b: M needs net_packet_udp
      c: A needs net_packet_udp
      d: B needs nowhere)");
  const auto by_id = [](const DetectorDefinition& x, const DetectorDefinition& y) {
    return x.id < y.id;
  };
  do {
    CHECK(EventIds(MakeSet(definitions)) == "Z=7500 M=7501 A=7502");
  } while (std::next_permutation(definitions.begin(), definitions.end(), by_id));
}

TEST_CASE("detector set: the event of a detector is in the sets of its tags and in `detectors`") {
  DetectorDefinition definition = ParseDetector("a: A needs net_packet_udp");
  definition.produced_event.tags = {"dns", "network_events"};
  const DetectorSet set = MakeSet({definition});
  const EventDefinition* event = set.catalogue().Find("A");
  REQUIRE(event != nullptr);
  for (const char* name : {"detectors", "default", "dns", "network_events"}) {
    CAPTURE(name);
    const auto members = set.catalogue().InSet(name);
    CHECK(std::find(members.begin(), members.end(), event) != members.end());
  }
  CHECK(set.catalogue().InSet("network_events").size() ==
        Catalogue().InSet("network_events").size() + 1);
  CHECK(set.catalogue().Find(7500) == event);
}

TEST_CASE("detector set: definitions keep their addresses when the set is moved") {
  DetectorSet set = MakeSet("a: A needs net_packet_udp\n b: B needs A");
  const DetectorSet moved = std::move(set);
  CHECK(Ids(moved) == "a b");
  CHECK(moved.definitions()[0] == &moved.detectors()[0]->definition);
}

TEST_CASE("detector set: without a folder there are only base events; a wrong folder is an error") {
  const Result<DetectorSet> none = DetectorSet::Load("");
  REQUIRE(none.has_value());
  CHECK(none->catalogue().events().size() == Catalogue().events().size());
  CHECK_FALSE(DetectorSet::Load("/nonexistent/plugins").has_value());
}

}  // namespace detector_set_test
}  // namespace wirehound::test
