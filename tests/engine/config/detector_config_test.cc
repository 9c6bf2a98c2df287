// SPDX-License-Identifier: Apache-2.0

// DetectorConfig and ConfigFile: options that a user sets, and the errors for wrong ones.

#include "engine/config/detector_config.h"

#include <string>
#include <string_view>
#include <vector>

#include <doctest/doctest.h>

#include "engine/config/config_file.h"
#include "tests/engine/support/graph_text.h"

namespace wirehound::test {
namespace detector_config_test {

DetectorDefinition Configurable() {
  DetectorDefinition definition = ParseDetector("scan: A needs net_packet_tcp");
  definition.config = {
      {"enabled", true, ""},
      {"offset", std::int64_t{-5}, "", OptionValue(std::int64_t{-10}),
       OptionValue(std::int64_t{10})},
      {"ports", std::uint64_t{20}, "", OptionValue(std::uint64_t{1})},
      {"ratio", 0.5, "", std::nullopt, OptionValue(1.0)},
      {"prefix", std::string("net"), ""},
      {"names", std::vector<std::string>{"a", "b"}, ""},
  };
  return definition;
}

std::string TextOf(wirehound_string text) { return {text.data, text.size}; }

std::string ErrorOf(const std::string& text) {
  const Result<ConfigFile> file = ConfigFile::Parse(text, "c.yaml");
  if (!file) {
    CHECK(file.error().code() == ErrorCode::kInvalidInput);
    return file.error().message();
  }
  const Result<DetectorConfig> config = file->ConfigOf(Configurable());
  return config ? "" : config.error().message();
}

struct Case {
  std::string_view text;
  std::string_view error;
};

TEST_CASE("config: an option that is not set has its default, in the type of the definition") {
  const auto config = DetectorConfig::Make(Configurable(), {});
  REQUIRE(config.has_value());
  wirehound_value value{};
  CHECK(config->Find("enabled", WIREHOUND_TYPE_BOOL, value) == WIREHOUND_OK);
  CHECK(value.unsigned_integer == 1);
  CHECK(config->Find("offset", WIREHOUND_TYPE_INT64, value) == WIREHOUND_OK);
  CHECK(value.signed_integer == -5);
  CHECK(config->Find("ratio", WIREHOUND_TYPE_DOUBLE, value) == WIREHOUND_OK);
  CHECK(value.real == 0.5);
  CHECK(config->Find("prefix", WIREHOUND_TYPE_STRING, value) == WIREHOUND_OK);
  CHECK(TextOf(value.text) == "net");
  CHECK(config->Find("ports", WIREHOUND_TYPE_INT64, value) == WIREHOUND_ERROR_WRONG_TYPE);
  CHECK(config->Find("absent", WIREHOUND_TYPE_INT64, value) == WIREHOUND_ERROR_NOT_FOUND);
}

TEST_CASE("config: a copy of a configuration keeps its lists after the first is gone") {
  DetectorConfig copy;
  {
    const auto config = DetectorConfig::Make(Configurable(), {{"names", {"x", "yy", "zzz"}}});
    REQUIRE(config.has_value());
    copy = *config;
    CHECK(copy == *config);
  }
  wirehound_value value{};
  REQUIRE(copy.Find("names", WIREHOUND_TYPE_STRING_LIST, value) == WIREHOUND_OK);
  REQUIRE(value.list.count == 3);
  CHECK(TextOf(static_cast<const wirehound_string*>(value.list.data)[2]) == "zzz");
}

TEST_CASE("config: two configurations are equal when all their options are equal") {
  const auto defaults = DetectorConfig::Make(Configurable(), {});
  const auto same = DetectorConfig::Make(Configurable(), {{"ports", {"20"}}});
  const auto other = DetectorConfig::Make(Configurable(), {{"ports", {"0x15"}}});
  REQUIRE((defaults.has_value() && same.has_value() && other.has_value()));
  CHECK(*defaults == *same);
  CHECK_FALSE(*defaults == *other);
}

TEST_CASE("config: the error for a wrong value says what was given and what is expected") {
  const Case cases[] = {
      {"detectors: {scan: {enabled: yes}}",
       "c.yaml:1:29: detector scan: option 'enabled': 'yes'; expected true or false"},
      {"detectors: {scan: {offset: 11}}",
       "c.yaml:1:28: detector scan: option 'offset': '11'; expected a whole number between -10 and "
       "10"},
      {"detectors: {scan: {ports: 0}}",
       "c.yaml:1:27: detector scan: option 'ports': '0'; expected a whole number from 0 up, at "
       "least 1"},
      {"detectors: {scan: {ports: -1}}",
       "c.yaml:1:27: detector scan: option 'ports': '-1'; expected a whole number from 0 up, at "
       "least 1"},
      {"detectors: {scan: {ratio: 1.5}}",
       "c.yaml:1:27: detector scan: option 'ratio': '1.5'; expected a number, at most 1"},
      {"detectors: {scan: {ratio: nan}}",
       "c.yaml:1:27: detector scan: option 'ratio': 'nan'; expected a number, at most 1"},
      {"detectors: {scan: {ports: '3'}}",
       "c.yaml:1:27: detector scan: option 'ports': '3' is a text, as it is in quotes; expected a "
       "value without"},
      {"detectors: {scan: {names: x}}",
       "c.yaml:1:27: detector scan: option 'names': 'x'; expected a list of texts"},
      {"detectors: {scan: {prefix: [x]}}",
       "c.yaml:1:28: detector scan: option 'prefix': a list; expected a single value"},
      {"detectors: {scan: {port: 3}}",
       "c.yaml:1:20: detector scan has no option 'port'; did you mean 'ports'?"},
  };
  for (const Case& c : cases) {
    CAPTURE(c.text);
    CHECK(ErrorOf(std::string(c.text)) == c.error);
  }
}

TEST_CASE("config: the error for an invalid configuration file says where and why") {
  const Case cases[] = {
      {"detector: {}", "c.yaml:1:1: unknown name 'detector'; did you mean 'detectors'?"},
      {"limits:\n  time_buget: 1s",
       "c.yaml:2:3: limits: unknown name 'time_buget'; did you mean 'time_budget'?"},
      {"limits: {time_budget: 5}",
       "c.yaml:1:23: limits: time_budget: '5'; expected a time such as 100ms, in ns, us, ms, s or "
       "m"},
      {"limits: {errors_in_a_row: 0}",
       "c.yaml:1:27: limits: errors_in_a_row: '0'; expected a whole number from 1 to 4294967295"},
      {"[a]", "c.yaml:1:1: configuration: a list; expected a map of names and values"},
      {"detectors: x", "c.yaml:1:12: detectors: a value; expected a map of names and values"},
      {"detectors: {scan: {names: [[x]]}}",
       "c.yaml:1:28: detector scan: option 'names': a list in a list; expected a value"},
      {"detectors: {scan: {ports: {a: b}}}",
       "c.yaml:1:27: detector scan: option 'ports': a map; expected a value or a list of values"},
      {"detectors: {scan: {ports: 1, ports: 2}}",
       "c.yaml:1:30: detector scan: 'ports' is there twice"},
      {"---\n{}\n---\n{}", "c.yaml:3:1: a second document; expected one"},
  };
  for (const Case& c : cases) {
    CAPTURE(c.text);
    CHECK(ErrorOf(std::string(c.text)) == c.error);
  }
}

TEST_CASE("config: a file that would need much memory or stack is refused before it is built") {
  CHECK(ErrorOf("a: &a [x]\nb: [*a, *a]").find("anchor") != std::string::npos);
  CHECK(ErrorOf(std::string(17, '[') + std::string(17, ']')).find("nested more than 16 deep") !=
        std::string::npos);
  CHECK(ErrorOf(std::string(100000, '[')) != "");
  CHECK(ErrorOf(std::string(ConfigFile::kMaxBytes + 1, ' ')) ==
        "c.yaml: larger than 1048576 bytes");
  std::string many = "detectors: {scan: {names: [";
  for (std::size_t i = 0; i < ConfigFile::kMaxNodes; ++i) {
    many += "x,";
  }
  CHECK(ErrorOf(many + "]}}").find("more than 65536 values") != std::string::npos);
}

TEST_CASE("config: an empty file sets nothing, and limits have units") {
  for (const char* text : {"", "# nothing\n", "detectors:\nlimits:\n", "detectors: {scan: }"}) {
    CAPTURE(text);
    CHECK(ErrorOf(text) == "");
  }
  const auto file = ConfigFile::Parse(
      "limits: {errors_in_a_row: 7, time_budget: 250ms, overruns_in_a_row: 2}", "c.yaml");
  REQUIRE(file.has_value());
  CHECK(file->limits().max_errors_in_a_row == 7);
  CHECK(file->limits().time_budget_ns == 250'000'000);
  CHECK(file->limits().max_overruns_in_a_row == 2);
}

TEST_CASE("config: runtime sockets are a list, and each element is checked") {
  const auto file =
      ConfigFile::Parse("runtime_sockets: ['docker:/a', crio:/b]\nlimits: {}\n", "c.yaml");
  REQUIRE(file.has_value());
  CHECK(file->runtime_sockets() == std::vector<std::string>{"docker:/a", "crio:/b"});
  const std::pair<const char*, const char*> wrong[] = {
      {"runtime_sockets: docker:/a", "c.yaml:1:18: runtime_sockets: a value; expected a list"},
      {"runtime_sockets: [[a]]", "c.yaml:1:19: runtime_sockets: a list in it; expected a list"},
      {"runtime_sockets: [none, rkt:/x]", "c.yaml:1:25: runtime socket"},
  };
  for (const auto& [text, message] : wrong) {
    const auto refused = ConfigFile::Parse(text, "c.yaml");
    REQUIRE_FALSE(refused.has_value());
    CHECK(refused.error().message().substr(0, std::string(message).size()) == message);
  }
}

TEST_CASE("config: options for a detector that is not loaded are reported with the closest id") {
  const DetectorDefinition definition = Configurable();
  const std::vector<const DetectorDefinition*> detectors = {&definition};
  const auto file = ConfigFile::Parse("detectors:\n  scam: {x: 1}\n  scan: {}\n", "c.yaml");
  REQUIRE(file.has_value());
  CHECK(file->UnknownDetectors(detectors) ==
        std::vector<std::string>{"c.yaml:2:3: no detector 'scam' is loaded; did you mean 'scan'?"});
}

}  // namespace detector_config_test
}  // namespace wirehound::test
