// SPDX-License-Identifier: Apache-2.0

// DependencyGraph: the order of detectors, and the reason for each one left out. Graphs are text:
// "b: B needs a" is detector b, which makes B from a.

#include "engine/graph/dependency_graph.h"

#include <algorithm>
#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include <doctest/doctest.h>

#include "tests/engine/support/graph_text.h"

namespace wirehound::test {
namespace dependency_graph_test {

// The order as "a b c", and for each detector left out one line "id: reason" or
// "id (mismatch): reason".
struct Outcome {
  std::string order;
  std::vector<std::string> left_out;
};

Outcome Build(const std::vector<DetectorDefinition>& definitions) {
  std::vector<const DetectorDefinition*> pointers;
  pointers.reserve(definitions.size());
  for (const DetectorDefinition& definition : definitions) {
    pointers.push_back(&definition);
  }
  // An event whose name begins with "base" is a base event in version 1.5.0. The engine is version
  // 0.3.0 on the architecture "here".
  const DependencyGraph graph = BuildDependencyGraph(
      pointers,
      [](std::string_view event) {
        return event.substr(0, 4) == "base" ? std::optional<Version>(Version{1, 5, 0})
                                            : std::nullopt;
      },
      HostFacts{{0, 3, 0}, "here"});
  std::vector<std::string> order;
  for (const std::size_t index : graph.order) {
    order.push_back(definitions[index].id);
  }
  Outcome outcome = {Join(order), {}};
  for (const LeftOut& left_out : graph.left_out) {
    outcome.left_out.push_back(definitions[left_out.detector].id +
                               (left_out.is_mismatch ? " (mismatch): " : ": ") + left_out.reason);
  }
  return outcome;
}

Outcome Build(const std::string& text) { return Build(ParseDetectors(text)); }

TEST_CASE("graph: a detector comes after every detector it needs") {
  const Outcome outcome = Build(R"(
      a: A needs C
      b: B needs base
      c: C needs D, B
      d: D needs base)");
  CHECK(outcome.order == "b d c a");
  CHECK(outcome.left_out.empty());
}

TEST_CASE("graph: detectors of one level come in the order of their ids") {
  CHECK(Build("z: Z needs base\n m: M needs base\n a: A needs Z\n b: B needs base").order ==
        "b m z a");
}

TEST_CASE("graph: without detectors the order is empty") {
  CHECK(Build("").order.empty());
  CHECK(Build("a: A needs base").order == "a");
}

TEST_CASE("graph: each detector of a diamond is in the order once") {
  CHECK(Build("t: T needs base\n l: L needs T\n r: R needs T\n z: Z needs L, R").order ==
        "t l r z");
}

TEST_CASE("graph: the order and the reasons do not depend on the load order") {
  std::vector<DetectorDefinition> definitions = ParseDetectors(R"(
      a: A needs F
      b: B needs A, base
      c: C needs D
      d: D needs C
      e: E needs C, base
      f: F needs base, nowhere?)");
  const auto by_id = [](const DetectorDefinition& x, const DetectorDefinition& y) {
    return x.id < y.id;
  };
  const Outcome first = Build(definitions);
  CHECK(first.order == "f a b");
  CHECK(first.left_out.size() == 3);
  while (std::next_permutation(definitions.begin(), definitions.end(), by_id)) {
    const Outcome outcome = Build(definitions);
    CHECK(outcome.order == first.order);
    CHECK(outcome.left_out == first.left_out);
  }
}

TEST_CASE("graph: a cycle is refused and printed as a path") {
  SUBCASE("three detectors") {
    const Outcome outcome = Build("a: A needs B\n b: B needs C\n c: C needs A\n d: D needs base");
    CHECK(outcome.order == "d");
    CHECK(outcome.left_out ==
          std::vector<std::string>{"a: it is on a cycle: a needs b needs c needs a",
                                   "b: it is on a cycle: a needs b needs c needs a",
                                   "c: it is on a cycle: a needs b needs c needs a"});
  }
  SUBCASE("a detector that needs its own event") {
    const Outcome outcome = Build("a: A needs base, A");
    CHECK(outcome.order.empty());
    CHECK(outcome.left_out == std::vector<std::string>{"a: it is on a cycle: a needs a"});
  }
  SUBCASE("a detector that needs the cycle but is not on it") {
    const Outcome outcome = Build("a: A needs C\n b: B needs C\n c: C needs B");
    CHECK(outcome.order.empty());
    CHECK(outcome.left_out ==
          std::vector<std::string>{
              "c: it is on a cycle: c needs b needs c", "b: it is on a cycle: c needs b needs c",
              "a: required event 'C' comes from detector 'c', which is left out"});
  }
  SUBCASE("two separate cycles") {
    const Outcome outcome = Build(R"(
        a: A needs B
        b: B needs A
        c: C needs base
        x: X needs Y
        y: Y needs X)");
    CHECK(outcome.order == "c");
    CHECK(outcome.left_out == std::vector<std::string>{"a: it is on a cycle: a needs b needs a",
                                                       "b: it is on a cycle: a needs b needs a",
                                                       "x: it is on a cycle: x needs y needs x",
                                                       "y: it is on a cycle: x needs y needs x"});
  }
  SUBCASE("through an optional event") {
    CHECK(Build("a: A needs B?, base\n b: B needs A").order.empty());
  }
}

TEST_CASE("graph: a missing required event leaves out its detector and those that need it") {
  const Outcome outcome = Build(R"(
      a: A needs nowhere, base
      b: B needs A
      c: C needs B
      d: D needs base)");
  CHECK(outcome.order == "d");
  CHECK(
      outcome.left_out ==
      std::vector<std::string>{"a: required event 'nowhere' does not exist",
                               "b: required event 'A' comes from detector 'a', which is left out",
                               "c: required event 'B' comes from detector 'b', which is left out"});
}

TEST_CASE("graph: a missing optional event is ignored") {
  CHECK(Build("a: A needs base, nowhere?").order == "a");
  const Outcome outcome = Build("a: A needs nowhere\n b: B needs A?, base");
  CHECK(outcome.order == "b");
  CHECK(outcome.left_out.size() == 1);
}

TEST_CASE("graph: an optional event that is there still comes first") {
  CHECK(Build("z: Z needs base\n a: A needs Z?").order == "z a");
}

// Far more detectors than a real setup has.
constexpr int kChain = 1000;

std::string ChainName(int i) { return std::to_string(10000 + i); }

// Detector `id`, which makes event number `produced` from `needed`.
DetectorDefinition Link(const std::string& id, int produced, const std::string& needed) {
  DetectorDefinition definition;
  definition.id = id;
  definition.produced_event.name = ChainName(produced);
  definition.requirements.events = {{needed}};
  return definition;
}

TEST_CASE("graph: a long chain is ordered, whichever end is loaded first") {
  std::vector<DetectorDefinition> chain;
  chain.reserve(kChain);
  for (int i = 0; i < kChain; ++i) {
    chain.push_back(Link(ChainName(i), i, i == 0 ? "base" : ChainName(i - 1)));
  }
  std::vector<std::string> ids;
  ids.reserve(chain.size());
  for (const DetectorDefinition& definition : chain) {
    ids.push_back(definition.id);
  }
  SUBCASE("first detector first") {}
  SUBCASE("last detector first") { std::reverse(chain.begin(), chain.end()); }
  const Outcome outcome = Build(chain);
  CHECK(outcome.order == Join(ids));
}

TEST_CASE("graph: a long chain without its first event is left out") {
  std::vector<DetectorDefinition> chain;
  chain.reserve(kChain);
  for (int i = 0; i < kChain; ++i) {
    // Ids run against the chain, so that a pass in their order finds one detector at a time.
    chain.push_back(Link(ChainName(kChain - i), i, i == 0 ? "nowhere" : ChainName(i - 1)));
  }
  const Outcome outcome = Build(chain);
  CHECK(outcome.order.empty());
  CHECK(outcome.left_out.size() == kChain);
}

TEST_CASE("graph: a long cycle is left out") {
  std::vector<DetectorDefinition> cycle;
  cycle.reserve(kChain);
  for (int i = 0; i < kChain; ++i) {
    cycle.push_back(Link(ChainName(i), i, ChainName((i + 1) % kChain)));
  }
  const Outcome outcome = Build(cycle);
  CHECK(outcome.order.empty());
  CHECK(outcome.left_out.size() == kChain);
}

// A detector that needs `event` in versions from `min` to below `max`.
DetectorDefinition Wanting(const std::string& event, Version min, Version max,
                           Dependency dependency = Dependency::kRequired) {
  DetectorDefinition definition = ParseDetector("w: W needs base");
  definition.requirements.events.push_back({event, dependency, min, max});
  return definition;
}

TEST_CASE("graph: a version window holds its minimum and not its maximum") {
  struct Case {
    Version min, max;
    std::string expected;  // "" when the detector runs
  };
  const Case cases[] = {
      {{}, {}, ""},
      {{1, 5, 0}, {}, ""},
      {{1, 5, 0}, {1, 5, 1}, ""},
      {{}, {2, 0, 0}, ""},
      {{1, 5, 1}, {}, "1.5.1 or later"},
      {{1, 0, 0}, {1, 5, 0}, "1.0.0 or later and below 1.5.0"},
      {{}, {1, 5, 0}, "below 1.5.0"},
      {{2, 0, 0}, {}, "2.0.0 or later"},
      {{1, 10, 0}, {}, "1.10.0 or later"},  // compared as numbers
  };
  for (const Case& c : cases) {
    CAPTURE(c.expected);
    const Outcome outcome = Build({Wanting("base2", c.min, c.max)});
    if (c.expected.empty()) {
      CHECK(outcome.order == "w");
    } else {
      CHECK(outcome.left_out ==
            std::vector<std::string>{
                "w (mismatch): required event 'base2' has version 1.5.0; expected " + c.expected});
    }
  }
}

TEST_CASE("graph: an optional event in another version counts as absent") {
  DetectorDefinition producer = ParseDetector("z: Z needs base");
  producer.produced_event.version = {1, 0, 0};
  const DetectorDefinition old = Wanting("Z", {1, 0, 0}, {2, 0, 0}, Dependency::kOptional);
  const DetectorDefinition newer = Wanting("Z", {2, 0, 0}, {}, Dependency::kOptional);
  CHECK(Build({producer, old}).order == "z w");
  CHECK(Build({producer, newer}).order == "w z");  // no edge, so ordered by id
  CHECK(Build({producer, newer}).left_out.empty());
}

TEST_CASE("graph: detectors that need a mismatched detector count as mismatched too") {
  DetectorDefinition producer = ParseDetector("p: P needs base");
  producer.requirements.architectures = {"there", "elsewhere"};
  const Outcome outcome = Build({producer, ParseDetector("q: Q needs P")});
  CHECK(outcome.order.empty());
  CHECK(outcome.left_out ==
        std::vector<std::string>{
            "p (mismatch): it is for there, elsewhere; this is here",
            "q (mismatch): required event 'P' comes from detector 'p', which is left out"});
}

// The reason why a detector with these requirements is left out, or "".
std::string Complaint(const Requirements& requirements) {
  DetectorDefinition definition = ParseDetector("d: D needs base");
  const auto events = definition.requirements.events;
  definition.requirements = requirements;
  definition.requirements.events = events;
  const Outcome outcome = Build({definition});
  return outcome.left_out.empty() ? "" : Join(outcome.left_out, "\n");
}

TEST_CASE("graph: a detector for another engine or machine is left out as a mismatch") {
  Requirements requirements;
  requirements.architectures = {"there", "here"};
  CHECK(Complaint(requirements).empty());
  requirements.min_engine_version = {0, 3, 0};
  requirements.max_engine_version = {0, 4, 0};
  CHECK(Complaint(requirements).empty());
  requirements.min_engine_version = {0, 3, 1};
  CHECK(Complaint(requirements) ==
        "d (mismatch): it is for engine version 0.3.1 or later and below 0.4.0; this is 0.3.0");
}

TEST_CASE("graph: an unavailable store or enrichment matters only when it is required") {
  Requirements requirements;
  requirements.data_stores = {{"process"}, {"container"}, {"dns"},
                              {"system"},  {"shared"},    {"moon", Dependency::kOptional}};
  requirements.enrichments = {{"container"}, {"ancestry"}, {"tides", Dependency::kOptional}};
  CHECK(Complaint(requirements).empty());
  requirements.enrichments.push_back({"tides"});
  CHECK(Complaint(requirements) ==
        "d: required enrichment 'tides' does not exist; there are ancestry, container");
  requirements.data_stores.push_back({"moon"});
  CHECK(Complaint(requirements) ==
        "d: required data store 'moon' does not exist; there are container, dns, process, shared, "
        "system");
}

TEST_CASE("graph: a requirement for another version makes no cycle") {
  DetectorDefinition a = ParseDetector("a: A needs base");
  a.requirements.events.push_back({"B", Dependency::kOptional, {9, 0, 0}});
  CHECK(Build({a, ParseDetector("b: B needs A")}).order == "a b");
}

TEST_CASE("availability: a version is read from text up to the first part that is not a number") {
  CHECK((ParseVersion("1.2.3") == Version{1, 2, 3}));
  CHECK((ParseVersion("0.10") == Version{0, 10, 0}));
  CHECK((ParseVersion("2.0.0-rc1") == Version{2, 0, 0}));
  CHECK((ParseVersion("") == Version{}));
  CHECK((ParseVersion("x.1") == Version{}));
  CHECK(ThisHost().engine_version != Version());
}

}  // namespace dependency_graph_test
}  // namespace wirehound::test
