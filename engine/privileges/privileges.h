// SPDX-License-Identifier: Apache-2.0

// DropPrivileges: gives up, once capture is set up, what the process does not need any more:
// capabilities, the user it was started as, most system calls. The process parses what strangers
// send. docs/privileges.md says what is kept and why. Control thread, before any other thread is
// made: capabilities belong to threads.

#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <string>

#include <wirehound/result.h>

#include "engine/privileges/run_as.h"

namespace wirehound {

/// The work that this run still has to do.
struct PrivilegeNeeds {
  bool is_live = false;      ///< looks up processes and control groups
  bool has_command = false;  ///< passes signals on to the command after --
  /// Whether the maps of the programs can be read now. It is called once, without CAP_BPF in force,
  /// and CAP_BPF is given up when it returns true. Empty: there are no maps.
  std::function<bool()> can_read_maps{};
};

struct PrivilegeOptions {
  std::optional<RunAs> user;         ///< --user
  bool filters_system_calls = true;  ///< --seccomp
};

/// Gives up what is not needed, for good. Returns what is left, in words: "user nobody,
/// capabilities dac_read_search, sys_ptrace, system calls filtered". A privilege that the process
/// does not have is no error. Fails when it cannot become the user of --user or the kernel refuses
/// the filter.
Result<std::string> DropPrivileges(const PrivilegeNeeds& needs, const PrivilegeOptions& options);

}  // namespace wirehound
