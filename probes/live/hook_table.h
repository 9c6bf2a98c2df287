// SPDX-License-Identifier: Apache-2.0

// The table of hooks: all facts about each that do not depend on the running kernel. To add a hook,
// write its program and add a line to hook_table.cc. Any thread.

#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <string_view>

#include "probes/live/hooks.h"

namespace wirehound {

enum class HookAttach : std::uint8_t {
  kCgroup,    ///< to the watched control group; the kernel runs it for that group alone
  kTracing,   ///< to a tracepoint or function of the whole machine; the program checks the group
  kIterator,  ///< run once, over the whole machine; the program checks the group
};

/// The rung of a hook on the ladder of its need, 0 the best. All hooks of one rung are attached
/// together. A hook is not needed once any hook of a better rung is attached.
using HookRung = std::uint8_t;

struct HookSpec {
  std::string_view name;  ///< unique; shown by `wirehound doctor`
  const char* program;    ///< the C function in `elf`
  std::span<const std::byte> elf;
  HookAttach attach;
  HookNeed need;
  HookRung rung;
  std::string_view costs;  ///< what is lost without it, one plain sentence
  bool needs_btf = true;
  bool mandatory = false;  ///< unless a hook of a better rung is attached
};

/// All hooks in the order of loading, better rungs of a need before worse ones. The first hook that
/// loads creates the maps.
std::span<const HookSpec> HookTable();

}  // namespace wirehound
