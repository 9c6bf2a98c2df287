// SPDX-License-Identifier: Apache-2.0

// The processes of a control group and the groups below it, or of the whole machine, at one moment.
// Some have ended before the caller uses the list. Any thread.

#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

namespace wirehound {

/// At most `max` pids, as our own pid namespace numbers them. `group` is the directory of a version
/// 2 control group, "" for every process that `proc` shows.
std::vector<std::int32_t> RunningProcesses(const std::string& group, std::size_t max,
                                           const std::string& proc = "/proc");

}  // namespace wirehound
