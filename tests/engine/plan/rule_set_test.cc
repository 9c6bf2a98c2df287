// SPDX-License-Identifier: Apache-2.0

// RuleSet and the sets it is made of: it reduces the number of rules without dropping packets, and
// as far as possible without letting more packets pass.

#include "engine/plan/rule_set.h"

#include <string>
#include <vector>

#include <doctest/doctest.h>

#include "engine/plan/address_prefixes.h"
#include "engine/plan/number_ranges.h"
#include "engine/plan/rule_text.h"
#include "tests/engine/support/graph_text.h"

namespace wirehound::test {
namespace rule_set_test {

CaptureRule ToPort(std::uint16_t port, PacketClass packets = PacketClass::kTcp) {
  return {.packets = packets, .amount = CaptureAmount::kHeaders, .dst_ports = {{port, port}}};
}

CaptureRule From(std::uint8_t last, std::uint16_t port) {
  CaptureRule rule = ToPort(port);
  rule.src_addresses = {
      {{.bytes = {10, 0, 0, last}, .family = WIREHOUND_FAMILY_IPV4, .reserved = {}}, 32}};
  return rule;
}

struct Reduced {
  std::string rules;
  std::vector<EngineFilter> engine_filters;
};

Reduced Reduce(const std::vector<CaptureRule>& rules) {
  RuleSet set;
  for (const CaptureRule& rule : rules) {
    set.Add(rule);
  }
  Reduced reduced;
  std::vector<std::string> words;
  for (const CaptureRule& rule : set.Take(reduced.engine_filters)) {
    words.push_back(RuleText(rule));
  }
  reduced.rules = Join(words, "; ");
  return reduced;
}

TEST_CASE("rule set: rules that differ in one list are merged") {
  CHECK(Reduce({ToPort(80), ToPort(443), ToPort(81), ToPort(80)}).rules ==
        "tcp packets to port 80-81 or 443: headers");
  CHECK(Reduce({From(1, 80), From(2, 80), From(1, 80)}).rules ==
        "tcp packets to port 80 from 10.0.0.1 or 10.0.0.2: headers");
  CaptureRule leaving = ToPort(80);
  leaving.directions = CaptureDirections::kEgress;
  CaptureRule arriving = ToPort(80);
  arriving.directions = CaptureDirections::kIngress;
  CHECK(Reduce({leaving, arriving}).rules == "tcp packets to port 80: headers");
}

TEST_CASE("rule set: rules that differ in more stay apart, because a merged one would pass more") {
  CHECK(Reduce({From(1, 80), From(2, 443)}).rules ==
        "tcp packets to port 80 from 10.0.0.1: headers; "
        "tcp packets to port 443 from 10.0.0.2: headers");
  CaptureRule whole = ToPort(443);
  whole.amount = CaptureAmount::kWhole;
  CHECK(Reduce({ToPort(80), whole}).rules ==
        "tcp packets to port 80: headers; tcp packets to port 443: whole packets");
}

TEST_CASE("rule set: a wider rule replaces those it covers") {
  for (const bool swapped : {false, true}) {
    const std::vector<CaptureRule> rules = {ToPort(80), From(1, 80)};
    CHECK(Reduce({rules[swapped ? 1 : 0], rules[swapped ? 0 : 1]}).rules ==
          "tcp packets to port 80: headers");
  }
  const CaptureRule all = {.packets = PacketClass::kTcp, .amount = CaptureAmount::kWhole};
  CHECK(Reduce({ToPort(80), all, From(1, 2)}).rules == "tcp packets: whole packets");
  CaptureRule whole = ToPort(80);
  whole.amount = CaptureAmount::kWhole;
  const CaptureRule headers = {.packets = PacketClass::kTcp, .amount = CaptureAmount::kHeaders};
  CHECK(Reduce({headers, whole}).rules ==
        "tcp packets: headers; tcp packets to port 80: whole packets");
}

TEST_CASE(
    "rule set: too many rules are widened, in the class that has most, and this is reported") {
  std::vector<CaptureRule> rules = {ToPort(53, PacketClass::kUdp)};
  for (std::uint8_t i = 0; i < kMaxCaptureRules; ++i) {
    rules.push_back(From(i, static_cast<std::uint16_t>(1000 + 2 * i)));
  }
  const Reduced reduced = Reduce(rules);
  CHECK(reduced.rules.find("; udp packets to port 53: headers") != std::string::npos);
  CHECK(reduced.rules.rfind("tcp packets to port 1000, 1002", 0) == 0);
  REQUIRE(reduced.engine_filters.size() == 1);
  CHECK(reduced.engine_filters[0].filter == "conditions on tcp packets");
}

TEST_CASE("rule set: a list that is too long is dropped as a condition, and this is reported") {
  std::vector<CaptureRule> rules;
  for (std::uint16_t i = 0; i <= kMaxConditionValues; ++i) {
    rules.push_back(ToPort(static_cast<std::uint16_t>(2 * i)));
  }
  const Reduced reduced = Reduce(rules);
  CHECK(reduced.rules == "tcp packets: headers");
  CHECK(reduced.engine_filters.size() == 1);
}

TEST_CASE("number ranges: intersection, union and complement") {
  const NumberRanges a = {{0, 9}, {20, 29}};
  const NumberRanges b = {{5, 24}, {40, 40}};
  CHECK(Intersect(a, b) == NumberRanges{{5, 9}, {20, 24}});
  CHECK(Unite(a, b) == NumberRanges{{0, 29}, {40, 40}});
  CHECK(Unite({{1, 2}}, {{3, 4}}) == NumberRanges{{1, 4}});
  CHECK(Complement(a, 40) == NumberRanges{{10, 19}, {30, 40}});
  CHECK(Complement({{0, 40}}, 40).empty());
  CHECK(Complement({}, 40) == NumberRanges{{0, 40}});
}

TEST_CASE("address prefixes: a range becomes as few prefixes as possible, up to both ends") {
  const auto words = [](const AddressSet& set) {
    std::vector<std::string> texts;
    for (const AddressPrefix& prefix : PrefixesOf(set)) {
      texts.push_back(PrefixText(prefix));
    }
    return Join(texts);
  };
  const WideNumber top = WideNumber{1} << 127;
  CHECK(words({{{0x0a000000, 0x0affffff}}, {}}) == "10.0.0.0/8");
  CHECK(words({{{0x0a000001, 0x0a000006}}, {}}) == "10.0.0.1 10.0.0.2/31 10.0.0.4/31 10.0.0.6");
  CHECK(words({{{0xffffffff, 0xffffffff}}, {{top, ~WideNumber{0}}}}) == "255.255.255.255 8000::/1");
  CHECK(words({{{0, 0xffffffff}}, {}}) == "0.0.0.0/0");
  CHECK(words(AllAddresses()).empty());
}

}  // namespace rule_set_test
}  // namespace wirehound::test
