// SPDX-License-Identifier: Apache-2.0

#include "probes/live/hook_table.h"

#include <doctest/doctest.h>

#include <map>
#include <set>

namespace wirehound {
namespace hook_table_test {

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

TEST_CASE("hook table: the hooks of a need are in order of their rungs, the best first") {
  std::map<HookNeed, HookRung> last;
  for (const HookSpec& spec : HookTable()) {
    CAPTURE(spec.program);
    CHECK(spec.rung >= last[spec.need]);
    last[spec.need] = spec.rung;
  }
}

TEST_CASE("hook table: only the packet hooks are mandatory, and those need no BTF of the kernel") {
  std::set<HookNeed> served;
  for (const HookSpec& spec : HookTable()) {
    CAPTURE(spec.program);
    const bool packets = spec.need == HookNeed::kPacketsIn || spec.need == HookNeed::kPacketsOut;
    CHECK((packets || !spec.mandatory));
    CHECK((!spec.mandatory || !spec.needs_btf));
    if (spec.mandatory) {
      served.insert(spec.need);
    }
  }
  CHECK(served.size() == 2);
}

}  // namespace hook_table_test
}  // namespace wirehound
