// SPDX-License-Identifier: Apache-2.0

// Definitions of plugins: CopyDefinition checks every size, ValidateDefinition checks the values.

#include <cmath>
#include <cstdint>
#include <functional>
#include <string>
#include <utility>
#include <vector>

#include <doctest/doctest.h>

#include "engine/catalogue/catalogue.h"
#include "engine/plugins/definition_copy.h"
#include "engine/plugins/plugin_loader.h"
#include "tests/engine/support/graph_text.h"

TEST_SUITE_BEGIN("abi");

namespace wirehound::test {
namespace definition_test {

wirehound_string Text(const char* text) { return {text, std::char_traits<char>::length(text)}; }

// A valid C definition in which every member is set. Each test changes one member.
struct CDefinition {
  wirehound_string data_filter = Text("dst_port=53");
  wirehound_string scope_filter = Text("comm=curl");
  wirehound_event_requirement requirement = {Text("net_packet_udp"),
                                             WIREHOUND_DEPENDENCY_OPTIONAL,
                                             0,
                                             {1, 2, 3, 0},
                                             {2, 0, 0, 0},
                                             {&data_filter, 1, sizeof(data_filter)},
                                             {&scope_filter, 1, sizeof(scope_filter)}};
  wirehound_named_requirement store = {Text("dns"), WIREHOUND_DEPENDENCY_REQUIRED, 0};
  wirehound_named_requirement enrichment = {Text("ancestry"), WIREHOUND_DEPENDENCY_OPTIONAL, 0};
  wirehound_string architecture = Text("x86_64");
  wirehound_config_option option = {.name = Text("limit"),
                                    .type = WIREHOUND_TYPE_INT64,
                                    .flags = WIREHOUND_OPTION_HAS_MINIMUM,
                                    .description = Text("how many"),
                                    .default_value = {.signed_integer = -3},
                                    .minimum = {.signed_integer = -9},
                                    .maximum = {.signed_integer = 5}};
  wirehound_field_definition field = {Text("count"), WIREHOUND_TYPE_UINT32, 0, Text("how many")};
  wirehound_string tag = Text("network");
  wirehound_property property = {Text("Category"), Text("recon")};
  wirehound_threat threat = {WIREHOUND_STRUCT_SIZE(wirehound_threat, properties),
                             WIREHOUND_SEVERITY_HIGH,
                             Text("T"),
                             Text("a threat"),
                             Text("Discovery"),
                             Text("T1046"),
                             Text("Scanning"),
                             {&property, 1, sizeof(property)}};
  wirehound_detector_definition definition = {
      .struct_size = WIREHOUND_STRUCT_SIZE(wirehound_detector_definition, threat),
      .auto_populate = WIREHOUND_POPULATE_THREAT,
      .id = Text("id"),
      .events = {&requirement, 1, sizeof(requirement)},
      .data_stores = {&store, 1, sizeof(store)},
      .enrichments = {&enrichment, 1, sizeof(enrichment)},
      .architectures = {&architecture, 1, sizeof(architecture)},
      .min_engine_version = {0, 1, 0, 0},
      .max_engine_version = {1, 0, 0, 0},
      .config_options = {&option, 1, sizeof(option)},
      .event_name = Text("event"),
      .event_description = Text("an event"),
      .event_version = {1, 2, 3, 0},
      .event_fields = {&field, 1, sizeof(field)},
      .event_tags = {&tag, 1, sizeof(tag)},
      .threat = &threat};
};

std::string CopyError(const wirehound_detector_definition& definition) {
  const Result<DetectorDefinition> copy = CopyDefinition(definition);
  return copy ? "" : copy.error().message();
}

TEST_CASE("definition: a copy keeps no pointer into the plugin's memory") {
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
  CHECK_FALSE(copy->auto_populate.ancestry);
}

TEST_CASE("definition: a copy has every requirement") {
  CDefinition c;
  c.definition.auto_populate = WIREHOUND_POPULATE_ANCESTRY;
  const Result<DetectorDefinition> copy = CopyDefinition(c.definition);
  REQUIRE(copy.has_value());
  const Requirements& requirements = copy->requirements;
  REQUIRE(requirements.events.size() == 1);
  const EventRequirement& event = requirements.events[0];
  CHECK(event.dependency == Dependency::kOptional);
  CHECK((event.min_version == Version{1, 2, 3}));
  CHECK((event.max_version == Version{2, 0, 0}));
  CHECK(event.data_filters == std::vector<std::string>{"dst_port=53"});
  CHECK(event.scope_filters == std::vector<std::string>{"comm=curl"});
  REQUIRE(requirements.data_stores.size() == 1);
  CHECK(requirements.data_stores[0].name == "dns");
  CHECK(requirements.data_stores[0].dependency == Dependency::kRequired);
  REQUIRE(requirements.enrichments.size() == 1);
  CHECK(requirements.enrichments[0].name == "ancestry");
  CHECK(requirements.enrichments[0].dependency == Dependency::kOptional);
  CHECK(requirements.architectures == std::vector<std::string>{"x86_64"});
  CHECK((requirements.min_engine_version == Version{0, 1, 0}));
  CHECK((requirements.max_engine_version == Version{1, 0, 0}));
  CHECK(copy->auto_populate.ancestry);
  CHECK(copy->threat->properties ==
        std::vector<std::pair<std::string, std::string>>{{"Category", "recon"}});
}

// A copy of the option of a C definition, after `change`.
ConfigOption CopiedOption(const std::function<void(wirehound_config_option&)>& change) {
  CDefinition c;
  change(c.option);
  Result<DetectorDefinition> copy = CopyDefinition(c.definition);
  REQUIRE(copy.has_value());
  REQUIRE(copy->config.size() == 1);
  return copy->config[0];
}

TEST_CASE("definition: an option is copied with its type and its bounds") {
  const ConfigOption option = CopiedOption([](wirehound_config_option&) {});
  CHECK(option.name == "limit");
  CHECK(option.description == "how many");
  CHECK((option.default_value == OptionValue(std::int64_t{-3})));
  CHECK((option.minimum == OptionValue(std::int64_t{-9})));
  CHECK_FALSE(option.maximum.has_value());  // the plugin gives one, but does not set its flag

  const auto as = [](std::uint32_t type, wirehound_value value) {
    return CopiedOption([&](wirehound_config_option& given) {
             given.type = type;
             given.flags = 0;
             given.default_value = value;
           })
        .default_value;
  };
  const wirehound_string texts[] = {Text("a"), Text("b")};
  CHECK((as(WIREHOUND_TYPE_BOOL, {.unsigned_integer = 1}) == OptionValue(true)));
  CHECK((as(WIREHOUND_TYPE_UINT64, {.unsigned_integer = UINT64_MAX}) ==
         OptionValue(std::uint64_t{UINT64_MAX})));
  CHECK((as(WIREHOUND_TYPE_DOUBLE, {.real = 0.5}) == OptionValue(0.5)));
  CHECK((as(WIREHOUND_TYPE_STRING, {.text = Text("x")}) == OptionValue(std::string("x"))));
  CHECK((as(WIREHOUND_TYPE_STRING_LIST, {.list = {texts, 2, sizeof(texts[0])}}) ==
         OptionValue(std::vector<std::string>{"a", "b"})));
}

TEST_CASE("definition: a copy without threat, fields and tags has none") {
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

TEST_CASE("definition: elements longer than the engine's are walked by their stride") {
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

TEST_CASE("definition: a wrong size is an error that names it, and nothing after it is read") {
  const std::string limit(kMaxDefinitionText + 1, 'x');
  CDefinition c;
  std::string reason;
  SUBCASE("a struct too small") {
    c.definition.struct_size -= 8;
    reason = "definition is of 192 bytes, too small for ABI 1.0";
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
    c.definition.events.stride = 16;
    reason =
        "definition.events is a list of 1 elements of 16 bytes; expected at most 256 of at least "
        "72";
  }
  SUBCASE("elements that are not aligned") {
    c.definition.events.stride = 73;
    reason =
        "definition.events is a list of 1 elements of 73 bytes; expected at most 256 of at least "
        "72";
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
  SUBCASE("a filter longer than the limit") {
    c.data_filter.size = kMaxDefinitionText + 1;
    reason = "definition.events.data_filters is a text of 65537 bytes; at most 65536 are allowed";
  }
  SUBCASE("options with the stride of a string") {
    c.definition.config_options.stride = sizeof(wirehound_string);
    reason =
        "definition.config_options is a list of 1 elements of 16 bytes; expected at most 256 of "
        "at least 88";
  }
  SUBCASE("an option of a type that options cannot have") {
    c.option.type = WIREHOUND_TYPE_ADDRESS;
    reason =
        "definition.config_options.type is 10; expected bool, int64, uint64, double, string or "
        "string list";
  }
  SUBCASE("a count and no properties") {
    c.threat.properties.data = nullptr;
    reason =
        "definition.threat.properties is a list of 1 elements of 32 bytes; expected at most 256 "
        "of at least 32";
  }
  CHECK(CopyError(c.definition) == reason);
}

// The error for a valid definition after `change`, or "".
std::string Invalid(const std::function<void(DetectorDefinition&)>& change) {
  DetectorDefinition definition = ParseDetector("id: event needs net_packet_udp");
  definition.produced_event.fields = {{"count", FieldType::kUint32, ""}};
  definition.produced_event.tags = {"network"};
  change(definition);
  const Status status = ValidateDefinition(definition);
  return status ? "" : status.error().message();
}

TEST_CASE("definition: a correct definition is valid") {
  CHECK(Invalid([](DetectorDefinition&) {}).empty());
  CHECK(Invalid([](DetectorDefinition& d) { d.id = "A-1.b_2"; }).empty());
  CHECK(Invalid([](DetectorDefinition& d) { d.id = std::string(64, 'x'); }).empty());
  CHECK(Invalid([](DetectorDefinition& d) { d.produced_event.fields.clear(); }).empty());
  for (std::uint32_t type = WIREHOUND_TYPE_BOOL; type <= WIREHOUND_TYPE_STRING_LIST; ++type) {
    CHECK(Invalid([type](DetectorDefinition& d) {
            d.produced_event.fields[0].type = static_cast<FieldType>(type);
          }).empty());
  }
}

TEST_CASE("definition: every name consists of letters, digits, '_', '-' and '.'") {
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
        Invalid([&](DetectorDefinition& d) { d.requirements.events[0].name = name; });
    CHECK(message.find("requirements: event '") == 0);
    CHECK(message.find(expected) != std::string::npos);
  }
}

TEST_CASE("definition: an error names the invalid member") {
  CHECK(Invalid([](DetectorDefinition& d) { d.requirements.events.clear(); }) ==
        "requirements are empty; expected at least one event");
  CHECK(Invalid([](DetectorDefinition& d) {
          d.requirements.events[0].dependency = static_cast<Dependency>(2);
        }) ==
        "requirements: dependency 2 of 'net_packet_udp' is unknown; expected 0 (required) or 1 "
        "(optional)");
  CHECK(Invalid([](DetectorDefinition& d) {
          d.produced_event.fields.push_back(d.produced_event.fields[0]);
        }) == "produced event: field 'count' is declared twice");
  for (const std::uint32_t type :
       {WIREHOUND_TYPE_NONE, WIREHOUND_TYPE_STRING_LIST + 1, WIREHOUND_TYPE_DNS, 0xffffffffU}) {
    CHECK(Invalid([type](DetectorDefinition& d) {
            d.produced_event.fields[0].type = static_cast<FieldType>(type);
          }) == "produced event: field 'count' has type " + std::to_string(type) +
                    "; expected 1 (bool) to 11 (string list)");
  }
  CHECK(Invalid([](DetectorDefinition& d) {
          d.threat.emplace();
          d.threat->severity = static_cast<Severity>(5);
        }) == "threat: severity 5 is unknown; expected 0 (info) to 4 (critical)");
}

// A change that breaks a rule, and the text of the error.
struct Rule {
  void (*break_it)(DetectorDefinition&);
  const char* message;
};

void CheckRules(const std::vector<Rule>& rules) {
  for (const Rule& rule : rules) {
    CHECK(Invalid(rule.break_it) == std::string(rule.message));
  }
}

TEST_CASE("definition: an error names requirements that cannot be met") {
  CheckRules({
      {[](DetectorDefinition& d) {
         d.requirements.events[0].min_version = {2, 0, 0};
         d.requirements.events[0].max_version = {2, 0, 0};
       },
       "requirements: no version of event 'net_packet_udp' is 2.0.0 or later and below 2.0.0"},
      {[](DetectorDefinition& d) {
         d.requirements.min_engine_version = {1, 0, 0};
         d.requirements.max_engine_version = {0, 9, 9};
       },
       "requirements: no version of the engine is 1.0.0 or later and below 0.9.9"},
      {[](DetectorDefinition& d) {
         d.requirements.events[0].data_filters = {"a=1", ""};
       },
       "requirements: a filter of 'net_packet_udp' is empty"},
      {[](DetectorDefinition& d) { d.requirements.events[0].scope_filters = {""}; },
       "requirements: a filter of 'net_packet_udp' is empty"},
      {[](DetectorDefinition& d) { d.requirements.data_stores = {{""}}; },
       "requirements: data store '' is no name; expected 1 to 64 letters, digits, '_', '-' or "
       "'.', not starting with '-'"},
      {[](DetectorDefinition& d) {
         d.requirements.enrichments = {{"container", static_cast<Dependency>(7)}};
       },
       "requirements: dependency 7 of 'container' is unknown; expected 0 (required) or 1 "
       "(optional)"},
      {[](DetectorDefinition& d) { d.requirements.architectures = {"x86 64"}; },
       "requirements: architecture 'x86 64' is no name; expected 1 to 64 letters, digits, '_', "
       "'-' or '.', not starting with '-'"},
  });
  // A window with only one bound can be met.
  CHECK(Invalid([](DetectorDefinition& d) {
          d.requirements.events[0].min_version = {9, 0, 0};
          d.requirements.max_engine_version = {0, 0, 1};
        }).empty());
}

TEST_CASE("definition: words of the command line are reserved names") {
  CheckRules({
      {[](DetectorDefinition& d) { d.id = "all"; }, "id 'all' is reserved"},
      {[](DetectorDefinition& d) { d.produced_event.name = "detectors"; },
       "produced event: name 'detectors' is reserved"},
      {[](DetectorDefinition& d) { d.produced_event.name = "a.data.b"; },
       "produced event: name 'a.data.b' contains '.data.', which begins a filter"},
      {[](DetectorDefinition& d) { d.produced_event.name = "a.scope.b"; },
       "produced event: name 'a.scope.b' contains '.scope.', which begins a filter"},
      {[](DetectorDefinition& d) { d.produced_event.fields[0].name = "a.b"; },
       "produced event: field 'a.b' is no name; expected 1 to 64 letters, digits, '_' or '-', not "
       "starting with '-'"},
  });
  const Catalogue catalogue;
  for (const EventDefinition& event : catalogue.events()) {
    for (const std::string& set : event.sets) {
      CAPTURE(set);
      CHECK(Invalid([&set](DetectorDefinition& d) { d.produced_event.name = set; }) ==
            "produced event: name '" + set + "' is reserved");
    }
  }
}

// An option of type T with that default and the bounds 1 and 10.
template <typename T>
ConfigOption Bounded(T value) {
  return {"o", OptionValue(value), "", OptionValue(T{1}), OptionValue(T{10})};
}

TEST_CASE("definition: an option's default lies within its bounds, which are numbers of its type") {
  CHECK(Invalid([](DetectorDefinition& d) { d.config = {Bounded<std::int64_t>(1)}; }).empty());
  CHECK(Invalid([](DetectorDefinition& d) { d.config = {Bounded<double>(10)}; }).empty());
  CheckRules({
      {[](DetectorDefinition& d) { d.config = {Bounded<std::int64_t>(-1)}; },
       "option 'o' has a default outside its minimum and maximum"},
      {[](DetectorDefinition& d) { d.config = {Bounded<std::uint64_t>(11)}; },
       "option 'o' has a default outside its minimum and maximum"},
      {[](DetectorDefinition& d) {
         d.config = {Bounded<double>(5)};
         d.config[0].maximum = 0.5;
       },
       "option 'o' has a maximum below its minimum"},
      {[](DetectorDefinition& d) { d.config = {Bounded<double>(std::nan(""))}; },
       "option 'o' has a default or bound that is not a number"},
      {[](DetectorDefinition& d) {
         d.config = {{"o", std::string("x"), "", OptionValue(std::string("a"))}};
       },
       "option 'o' has a bound that is no number of its type"},
      {[](DetectorDefinition& d) {
         d.config = {{"o", true, ""}, {"o", true, ""}};
       },
       "option 'o' is declared twice"},
      {[](DetectorDefinition& d) {
         d.config = {{"", true, ""}};
       },
       "option '' is no name; expected 1 to 64 letters, digits, '_' or '-', not starting with "
       "'-'"},
  });
}

TEST_CASE("definition: the properties of a threat have unique names") {
  CheckRules({
      {[](DetectorDefinition& d) {
         d.threat.emplace();
         d.threat->properties = {{"", "x"}};
       },
       "threat: a property has no name"},
      {[](DetectorDefinition& d) {
         d.threat.emplace();
         d.threat->properties = {{"a", "x"}, {"a", "y"}};
       },
       "threat: property 'a' is given twice"},
  });
}

}  // namespace definition_test
}  // namespace wirehound::test

TEST_SUITE_END();
