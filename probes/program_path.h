// SPDX-License-Identifier: Apache-2.0

// The program file of a process as /proc tells it: the way out when the kernel programs could not
// (a path too long or too deep, a file that is in no directory). Dispatch thread.

#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "probes/wire.h"

namespace wirehound {

/// When the process started, in clock ticks since boot, from the text of /proc/PID/stat. The name
/// in it may contain anything, blanks and brackets included. Pure.
std::optional<std::uint64_t> StartTicksFromStat(std::string_view stat);

/// The path, or "" when the process is gone, may not be looked at, or is another one that got the
/// same pid: its start time has to match. Works when this process sees the initial pid namespace.
std::string ProgramPathFromProc(const wirehound_wire_process& process);

}  // namespace wirehound
