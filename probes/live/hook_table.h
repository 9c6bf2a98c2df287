// SPDX-License-Identifier: Apache-2.0

// The table of hooks: everything there is to know about each before the kernel is asked. To add a
// hook, write its program and add a line to hook_table.cc.

#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <string_view>

#include "probes/live/hooks.h"

namespace wirehound {

enum class HookAttach : std::uint8_t {
  kCgroup,    ///< to the control group that is watched
  kTracing,   ///< to the whole machine; the program checks the group
  kIterator,  ///< run once, over the whole machine; the program checks the group
};

/// Which rung of its need's ladder a hook stands on, 0 the best. Hooks of one rung work together;
/// a hook is not needed where one of a better rung is at work.
using HookRung = std::uint8_t;

struct HookSpec {
  std::string_view name;
  const char* program;
  std::span<const std::byte> elf;
  HookAttach attach;
  HookNeed need;
  HookRung rung;
  std::string_view costs;  ///< what its absence costs, one plain sentence
  bool needs_btf = true;
  bool mandatory = false;  ///< unless one of a better rung is at work
};

/// All hooks, in the order in which they are loaded and reported. The first creates the maps.
std::span<const HookSpec> HookTable();

}  // namespace wirehound
