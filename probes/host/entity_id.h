// SPDX-License-Identifier: Apache-2.0

// EntityId: the number that stands for one task for as long as the machine is up, where a pid alone
// may be given to another task later. Pure; any thread.

#pragma once

#include <cstdint>

namespace wirehound {

/// A stable hash of a task's id in the initial pid namespace and its start, in nanoseconds after
/// boot: setting the wall clock does not change it. For a process, pass the ids of its leader; for
/// a thread, its own. 0 when the id is 0.
std::uint32_t EntityId(std::int32_t host_id, std::uint64_t start_since_boot_ns);

}  // namespace wirehound
