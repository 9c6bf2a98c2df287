// SPDX-License-Identifier: Apache-2.0

// Definitions as plugins hand them over: copied with every size checked, then checked for sense.

#include <cstdint>
#include <functional>
#include <string>
#include <vector>

#include <doctest/doctest.h>

#include "engine/plugin_loader/definition_copy.h"
#include "engine/plugin_loader/plugin_loader.h"
#include "tests/engine/support/graph_text.h"

TEST_SUITE_BEGIN("abi");

namespace wirehound::test {
namespace {

wirehound_string Text(const char* text) { return {text, std::char_traits<char>::length(text)}; }

// A C definition that is right; tests spoil one member.
struct CDefinition {
  wirehound_event_requirement requirement = {Text("net_packet_udp"), 0, 0};
  wirehound_field_definition field = {Text("count"), WIREHOUND_TYPE_UINT32, 0, Text("how many")};
  wirehound_string tag = Text("network");
  wirehound_threat threat = {WIREHOUND_STRUCT_SIZE(wirehound_threat, mitre_technique_name),
                             WIREHOUND_SEVERITY_HIGH,
                             Text("T"),
                             Text("a threat"),
                             Text("Discovery"),
                             Text("T1046"),
                             Text("Scanning")};
  wirehound_detector_definition definition = {
      WIREHOUND_STRUCT_SIZE(wirehound_detector_definition, threat),
      WIREHOUND_POPULATE_THREAT,
      Text("id"),
      {&requirement, 1, sizeof(requirement)},
      Text("event"),
      Text("an event"),
      {1, 2, 3, 0},
      {&field, 1, sizeof(field)},
      {&tag, 1, sizeof(tag)},
      &threat};
};

std::string CopyError(const wirehound_detector_definition& definition) {
  const Result<DetectorDefinition> copy = CopyDefinition(definition);
  return copy ? "" : copy.error().message();
}

TEST_CASE("definition: a copy keeps nothing of the plugin's memory") {
  CDefinition c;
  std::string id = "short_lived_identifier_on_the_heap";
  c.definition.id = {id.data(), id.size()};
  const Result<DetectorDefinition> copy = CopyDefinition(c.definition);
  id.assign(id.size(), 'x');
  REQUIRE(copy.has_value());
  CHECK(copy->id == "short_lived_identifier_on_the_heap");
  CHECK(copy->produced_event.version.patch == 3);
  CHECK(copy->threat->severity == Severity::kHigh);
  CHECK(copy->auto_populate.threat);
  CHECK_FALSE(copy->auto_populate.detected_from);
}

TEST_CASE("definition: without a threat, fields and tags there are none") {
  CDefinition c;
  c.definition.threat = nullptr;
  c.definition.event_fields = {};
  c.definition.event_tags = {nullptr, 0, 0};
  const Result<DetectorDefinition> copy = CopyDefinition(c.definition);
  REQUIRE(copy.has_value());
  CHECK_FALSE(copy->threat.has_value());
  CHECK(copy->produced_event.fields.empty());
  CHECK(copy->produced_event.tags.empty());
}

TEST_CASE("definition: elements longer than ours are stepped over by their stride") {
  struct Longer {
    wirehound_field_definition known;
    std::uint64_t later;
  };
  const Longer fields[] = {{{Text("a"), WIREHOUND_TYPE_BOOL, 0, Text("")}, 1},
                           {{Text("b"), WIREHOUND_TYPE_STRING, 0, Text("")}, 2}};
  CDefinition c;
  c.definition.event_fields = {fields, 2, sizeof(Longer)};
  const Result<DetectorDefinition> copy = CopyDefinition(c.definition);
  REQUIRE(copy.has_value());
  REQUIRE(copy->produced_event.fields.size() == 2);
  CHECK(copy->produced_event.fields[1].name == "b");
  CHECK(copy->produced_event.fields[1].type == FieldType::kString);
}

TEST_CASE("definition: sizes that cannot be right are named, and nothing is read behind them") {
  const std::string limit(kMaxDefinitionText + 1, 'x');
  CDefinition c;
  std::string reason;
  SUBCASE("a struct too small") {
    c.definition.struct_size -= 8;
    reason = "definition is of 112 bytes, too small for ABI 1.0";
  }
  SUBCASE("a text too long") {
    c.definition.event_description = {limit.data(), limit.size()};
    reason = "definition.event_description is a text of 65537 bytes; at most 65536 are allowed";
  }
  SUBCASE("a length and no text") {
    c.definition.id = {nullptr, 4};
    reason = "definition.id is a null text of 4 bytes";
  }
  SUBCASE("a list too long") {
    c.definition.event_tags.count = kMaxDefinitionItems + 1;
    reason =
        "definition.event_tags is a list of 257 elements of 16 bytes; expected at most 256 of at "
        "least 16";
  }
  SUBCASE("elements too small") {
    c.definition.requirements.stride = 16;
    reason =
        "definition.requirements is a list of 1 elements of 16 bytes; expected at most 256 of at "
        "least 24";
  }
  SUBCASE("elements that would not be aligned") {
    c.definition.requirements.stride = 25;
    reason =
        "definition.requirements is a list of 1 elements of 25 bytes; expected at most 256 of at "
        "least 24";
  }
  SUBCASE("a count and no list") {
    c.definition.event_fields.data = nullptr;
    reason =
        "definition.event_fields is a list of 1 elements of 40 bytes; expected at most 256 of at "
        "least 40";
  }
  SUBCASE("a threat too small") {
    c.threat.struct_size = 16;
    reason = "definition.threat is of 16 bytes, too small";
  }
  CHECK(CopyError(c.definition) == reason);
}

// A definition that is right, after `change`.
std::string Invalid(const std::function<void(DetectorDefinition&)>& change) {
  DetectorDefinition definition = ParseDetector("id: event needs net_packet_udp");
  definition.produced_event.fields = {{"count", FieldType::kUint32, ""}};
  definition.produced_event.tags = {"network"};
  change(definition);
  const Status status = ValidateDefinition(definition);
  return status ? "" : status.error().message();
}

TEST_CASE("definition: one that is right is valid") {
  CHECK(Invalid([](DetectorDefinition&) {}).empty());
  CHECK(Invalid([](DetectorDefinition& d) { d.id = "A-1.b_2"; }).empty());
  CHECK(Invalid([](DetectorDefinition& d) { d.id = std::string(64, 'x'); }).empty());
  CHECK(Invalid([](DetectorDefinition& d) { d.produced_event.fields.clear(); }).empty());
  for (std::uint32_t type = WIREHOUND_TYPE_BOOL; type <= WIREHOUND_TYPE_BYTES; ++type) {
    CHECK(Invalid([type](DetectorDefinition& d) {
            d.produced_event.fields[0].type = static_cast<FieldType>(type);
          }).empty());
  }
}

TEST_CASE("definition: names are letters, digits, '_', '-' and '.', wherever they stand") {
  const std::string bad[] = {"",
                             "a b",
                             "a,b",
                             "a*",
                             "-a",
                             "a=b",
                             "a/b",
                             "a\nb",
                             "\x1b[2J",
                             "d\xc3\xa9j\xc3\xa0",
                             std::string(65, 'x'),
                             std::string("a\0b", 3)};
  for (const std::string& name : bad) {
    CAPTURE(name);
    const std::string expected = "is no name; expected 1 to 64 letters";
    CHECK(Invalid([&](DetectorDefinition& d) { d.id = name; }).find("id '") == 0);
    CHECK(Invalid([&](DetectorDefinition& d) {
            d.produced_event.name = name;
          }).find("produced event: name '") == 0);
    CHECK(Invalid([&](DetectorDefinition& d) {
            d.produced_event.fields[0].name = name;
          }).find("produced event: field '") == 0);
    CHECK(Invalid([&](DetectorDefinition& d) {
            d.produced_event.tags[0] = name;
          }).find("produced event: tag '") == 0);
    const std::string message =
        Invalid([&](DetectorDefinition& d) { d.requirements[0].name = name; });
    CHECK(message.find("requirements: event '") == 0);
    CHECK(message.find(expected) != std::string::npos);
  }
}

TEST_CASE("definition: what makes no sense is named") {
  CHECK(Invalid([](DetectorDefinition& d) { d.requirements.clear(); }) ==
        "requirements are empty; expected at least one event");
  CHECK(Invalid([](DetectorDefinition& d) {
          d.requirements[0].dependency = static_cast<Dependency>(2);
        }) ==
        "requirements: dependency 2 of 'net_packet_udp' is unknown; expected 0 (required) or 1 "
        "(optional)");
  CHECK(Invalid([](DetectorDefinition& d) {
          d.produced_event.fields.push_back(d.produced_event.fields[0]);
        }) == "produced event: field 'count' is declared twice");
  for (const std::uint32_t type : {WIREHOUND_TYPE_NONE, WIREHOUND_TYPE_ADDRESS,
                                   WIREHOUND_TYPE_STRING_LIST, WIREHOUND_TYPE_DNS, 0xffffffffU}) {
    CHECK(Invalid([type](DetectorDefinition& d) {
            d.produced_event.fields[0].type = static_cast<FieldType>(type);
          }) == "produced event: field 'count' has type " + std::to_string(type) +
                    "; expected a scalar type");
  }
  CHECK(Invalid([](DetectorDefinition& d) {
          d.threat.emplace();
          d.threat->severity = static_cast<Severity>(5);
        }) == "threat: severity 5 is unknown; expected 0 (info) to 4 (critical)");
}

}  // namespace
}  // namespace wirehound::test

TEST_SUITE_END();
