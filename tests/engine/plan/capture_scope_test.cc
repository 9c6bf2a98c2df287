// SPDX-License-Identifier: Apache-2.0

// The part of --scope that the kernel applies: never narrower than the scope itself, and the parts
// that the kernel does not apply are listed.

#include <string>
#include <vector>

#include <doctest/doctest.h>

#include "engine/filters/no_tree.h"
#include "engine/plan/capture_needs.h"
#include "engine/plan/rule_text.h"
#include "engine/plan/selection.h"
#include "tests/engine/support/graph_text.h"

namespace wirehound::test {
namespace capture_scope_test {

CaptureDecision Decide(const std::vector<std::string>& scope,
                       const std::vector<std::string>& events = {"net_packet_tcp"}) {
  const Catalogue catalogue;
  NoTree tree;
  const Result<Plan> plan =
      MakePlan({.events = events, .scope = scope}, catalogue, {}, {}, {.tree = &tree});
  REQUIRE_MESSAGE(plan.has_value(), (plan ? "" : plan.error().message()));
  return DecideCapture(*plan);
}

std::string Reasons(const CaptureDecision& decision) {
  std::vector<std::string> reasons;
  for (const EngineFilter& filter : decision.engine_filters) {
    reasons.push_back(filter.filter + ": " + filter.reason);
  }
  return Join(reasons, "; ");
}

TEST_CASE("capture scope: conditions on the owner that the kernel can apply are in its lists") {
  struct Row {
    std::vector<std::string> scope;
    std::string words;
  };
  const Row rows[] = {
      {{"uid=0,1000-1999"}, "uid 0 or 1000-1999"},
      {{"uid>=1000"}, "uid 1000-4294967295"},
      {{"uid!=0"}, "uid none of 0"},
      {{"uid=0-99", "uid!=50"}, "uid 0-49 or 51-99"},
      {{"comm=curl", "processName=wget"}, "comm curl or wget"},
      {{"comm!=sshd"}, "comm none of sshd"},
      {{"cgroupId=77"}, "control group 77"},
      {{"uid=0", "comm=curl"}, "uid 0; comm curl"},
      {{}, ""},
  };
  for (const Row& row : rows) {
    const CaptureDecision decision = Decide(row.scope);
    INFO(Join(row.scope, " "));
    CHECK(Join(ScopeTexts(decision.capture.scope), "; ") == row.words);
    CHECK(Reasons(decision).empty());
  }
}

TEST_CASE("capture scope: a condition that the kernel cannot apply passes all, and is listed") {
  struct Row {
    std::vector<std::string> scope;
    std::string reasons;
  };
  const std::string not_whole = ": only whole names are compared there, of at most 15 bytes";
  const Row rows[] = {
      {{"comm=cu*"}, "comm=cu*" + not_whole},
      {{"comm~^curl"}, "comm~^curl" + not_whole},
      {{"comm=a-name-of-16-byt"}, "comm=a-name-of-16-byt" + not_whole},
      {{"comm!="}, "comm!=" + not_whole},
      {{"cgroupId!=77"}, "cgroupId!=77: groups below one that is excluded would be left out too"},
      {{"cgroupId>77"}, "cgroupId>77: it is more than 64 values"},
      {{"host"}, "host: the kernel side does not know this of a packet's owner"},
      {{"tree=1234"}, "tree=1234: the kernel side does not follow who descends from whom"},
      {{"pid=1"}, "pid=1: the kernel side does not know this of a packet's owner"},
      {{"uid=1", "uid!=1"}, "uid=1 or uid!=1: nobody is left of it"},
  };
  for (const Row& row : rows) {
    const CaptureDecision decision = Decide(row.scope);
    INFO(Join(row.scope, " "));
    CHECK(decision.capture.scope.empty());
    CHECK(Reasons(decision) == row.reasons);
  }
}

TEST_CASE("capture scope: with included and excluded values the kernel gets the included ones") {
  const CaptureDecision decision = Decide({"comm=curl", "comm!=c*"});
  CHECK(Join(ScopeTexts(decision.capture.scope), "; ") == "comm curl");
  CHECK(decision.engine_filters.size() == 1);
}

TEST_CASE("capture scope: if names of addresses are needed, DNS of all processes is captured") {
  const CaptureDecision decision = Decide({"comm=curl"}, {"net_tcp_connect"});
  CHECK(decision.capture.scope.empty());
  CHECK(Reasons(decision).find("names of addresses are needed") != std::string::npos);
}

}  // namespace capture_scope_test
}  // namespace wirehound::test
