// SPDX-License-Identifier: Apache-2.0

// Who runs in a control group and those below it, or on the whole machine. A look at one moment:
// some have ended when it is used. Any thread.

#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

namespace wirehound {

/// Pids as this process sees them, at most `max`. `group` is the directory of a version 2 control
/// group; "": all that `proc` shows.
std::vector<std::int32_t> RunningProcesses(const std::string& group, std::size_t max,
                                           const std::string& proc = "/proc");

}  // namespace wirehound
