// SPDX-License-Identifier: Apache-2.0

#include "probes/hook_table.h"

#include <doctest/doctest.h>

#include <set>

namespace wirehound {

TEST_CASE("hook table: names are unique, every line has a program and says what it costs") {
  std::set<std::string_view> names;
  for (const HookSpec& spec : HookTable()) {
    CAPTURE(spec.program);
    CHECK(names.insert(spec.name).second);
    CHECK_FALSE(spec.elf.empty());
    REQUIRE_FALSE(spec.costs.empty());
    CHECK(spec.costs.back() == '.');
  }
}

TEST_CASE("hook table: the first hook is mandatory, and the better egress comes before the plain") {
  bool better_seen = false;
  CHECK(HookTable().front().role == HookRole::kPackets);
  for (const HookSpec& spec : HookTable()) {
    if (spec.role == HookRole::kBetterEgress)
      better_seen = true;
    if (spec.role == HookRole::kEgress)
      CHECK(better_seen);
  }
}

}  // namespace wirehound
