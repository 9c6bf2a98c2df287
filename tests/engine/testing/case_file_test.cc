// SPDX-License-Identifier: Apache-2.0

// The syntax of a file of test cases.

#include "engine/testing/case_file.h"

#include <string>
#include <string_view>
#include <utility>

#include <doctest/doctest.h>

namespace wirehound::test {
namespace case_file_test {

CaseFile Parse(std::string_view text) {
  Result<CaseFile> file = ParseCases("x.txt", text);
  REQUIRE_MESSAGE(file.has_value(), (file ? "" : file.error().message()));
  return *file;
}

CaseStep OneStep(std::string_view line) {
  const CaseFile file = Parse("test t\n" + std::string(line));
  REQUIRE(file.cases.at(0).steps.size() == 1);
  return file.cases[0].steps[0];
}

TEST_CASE(
    "case file: cases have titles and steps have lines; comments and blank lines are skipped") {
  const CaseFile file = Parse(
      "# about\n\ntest first case\n  config a=1\n# why\nnet_packet_udp src=192.0.2.1\r\n"
      "expect nothing\ntest second");
  REQUIRE(file.cases.size() == 2);
  CHECK(file.cases[0].title == "first case");
  REQUIRE(file.cases[0].steps.size() == 3);
  CHECK(file.cases[0].steps[1].line == 6);
  CHECK(file.cases[0].steps[1].words == std::vector<Word>{{"src", "192.0.2.1", true}});
  CHECK(file.cases[1].line == 8);
  CHECK(file.cases[1].steps.empty());
}

TEST_CASE("case file: each kind of step is parsed") {
  CHECK(OneStep("net_packet_udp").kind == StepKind::kEvent);
  CHECK(OneStep("net_packet_udp").time_ns == kDefaultStepNs);
  CHECK(OneStep("@+1.5s net_packet_udp").time_ns == 1'500'000'000);
  const CaseStep absolute = OneStep("@1700000000.5 net_packet_udp");
  CHECK(absolute.is_absolute);
  CHECK(absolute.time_ns == 1'700'000'000'500'000'000);
  CHECK(OneStep("read a file.pcap").name == "a file.pcap");
  CHECK(OneStep("advance 10s").time_ns == 10'000'000'000);
  CHECK(OneStep("expect nothing").kind == StepKind::kExpectNothing);
  CHECK(OneStep("expect error it failed").name == "it failed");
  CHECK(OneStep("expect found a=1").words == std::vector<Word>{{"a", "1", true}});
  CHECK(OneStep("config a=1 a=2").words.size() == 2);
  const CaseStep of_one = OneStep("config D a=1");
  CHECK(of_one.name == "D");
  CHECK(of_one.words.size() == 1);
}

TEST_CASE("case file: an error names the file, the line and what is wrong") {
  const std::pair<const char*, const char*> files[] = {
      {"", "x.txt: expected at least one line 'test TITLE'"},
      {"net_packet_udp", "x.txt:1: expected 'test TITLE' before anything else"},
      {"test", "x.txt:1: expected a title behind 'test'"},
      {"test t\nexpect", "x.txt:2: expected the name of an event, got ''"},
      {"test t\nexpect error", "x.txt:2: expected what the error says behind 'expect error'"},
      {"test t\nread", "x.txt:2: expected a capture file behind 'read'"},
      {"test t\nadvance 5", "x.txt:2: advance: expected a time with a unit"},
      {"test t\nconfig", "x.txt:2: expected OPTION=VALUE behind 'config'"},
      {"test t\nconfig D e", "x.txt:2: expected OPTION=VALUE behind 'config'"},
      {"test t\nexpect nothing\nconfig a=1", "x.txt:3: expected 'config' before every other line"},
      {"test t\n@5x net_packet_udp", "x.txt:2: @5x: expected @+TIME"},
      {"test t\na=1", "x.txt:2: expected the name of an event, got 'a=1'"},
      {"test t\nnet_packet_udp a=\"x", "x.txt:2: a: no closing '\"'"},
  };
  for (const auto& entry : files) {
    const auto& text = entry.first;
    const auto& message = entry.second;
    CAPTURE(text);
    const Result<CaseFile> file = ParseCases("x.txt", text);
    REQUIRE_FALSE(file.has_value());
    CHECK_MESSAGE(file.error().message().find(message) == 0, file.error().message());
  }
  const Result<CaseFile> absent = ReadCaseFile("/nonexistent/case.txt");
  REQUIRE_FALSE(absent.has_value());
  CHECK(absent.error().message() ==
        "/nonexistent/case.txt: cannot be read; expected a file of test cases");
}

}  // namespace case_file_test
}  // namespace wirehound::test
