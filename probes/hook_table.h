// SPDX-License-Identifier: Apache-2.0

// The table of hooks: everything there is to know about each before the kernel is asked. To add a
// hook, write its program and add a line to hook_table.cc.

#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <string_view>

namespace wirehound {

enum class HookAttach : std::uint8_t {
  kCgroup,   ///< to the control group that is watched
  kTracing,  ///< to the whole machine; the program checks the group
};

/// How a hook stands to the others.
enum class HookRole : std::uint8_t {
  kPackets,       ///< mandatory
  kBetterEgress,  ///< takes the place of kEgress where the kernel takes it
  kEgress,        ///< mandatory unless kBetterEgress is at work
  kOwner,         ///< optional: writes down who touches a socket
};

struct HookSpec {
  std::string_view name;
  const char* program;
  std::span<const std::byte> elf;
  HookAttach attach;
  HookRole role;
  std::string_view costs;  ///< what its absence costs, one plain sentence
};

/// All hooks, in the order in which they are loaded and reported. The first creates the maps.
std::span<const HookSpec> HookTable();

}  // namespace wirehound
