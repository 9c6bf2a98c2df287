// SPDX-License-Identifier: Apache-2.0

// What the process may still do once capture is set up. It parses what strangers send, so it gives
// up all it does not need any more: capabilities, the user it was started as, most system calls.
// docs/privileges.md says what is kept and why. Control thread, before any other thread is made:
// capabilities belong to threads.

#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <string>

#include <wirehound/result.h>

#include "engine/privileges/run_as.h"

namespace wirehound {

/// What this run will still do.
struct PrivilegeNeeds {
  bool is_live = false;         ///< looks processes and control groups up
  bool has_command = false;     ///< passes signals on to it
  bool attaches_later = false;  ///< programs are loaded and attached only when a plan wants it
  /// Whether the maps of the programs can be read now; asked once without CAP_BPF, which is given
  /// up when they can. Empty: there are none.
  std::function<bool()> can_read_maps{};
};

struct PrivilegeOptions {
  std::optional<RunAs> user;         ///< --user
  bool filters_system_calls = true;  ///< --seccomp
};

/// Gives up what is not needed, for good. Returns what is left, in words: "user nobody,
/// capabilities dac_read_search and sys_ptrace, system calls filtered". Does what it can where a
/// privilege is not there to begin with; fails when --user cannot be followed, or the filter is
/// refused.
Result<std::string> DropPrivileges(const PrivilegeNeeds& needs, const PrivilegeOptions& options);

}  // namespace wirehound
