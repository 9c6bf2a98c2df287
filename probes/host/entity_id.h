// SPDX-License-Identifier: Apache-2.0

// EntityId: a number that identifies one task until the next boot. A pid alone does not: the kernel
// gives it to another task later. Pure; any thread.

#pragma once

#include <cstdint>

namespace wirehound {

/// A hash of a task's id in the initial pid namespace and its start time in nanoseconds since boot.
/// Setting the wall clock does not change it, and the hash function never changes between versions.
/// For a process, pass the id and start of its leader; for a thread, its own. 0 when the id is 0.
std::uint32_t EntityId(std::int32_t host_id, std::uint64_t start_since_boot_ns);

}  // namespace wirehound
